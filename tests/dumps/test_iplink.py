import pytest
from linuxhosts import host, link

from pcapcheck.dumps.iplink import interface_of
from pcapcheck.topology.topology import Role


def made(row, *, pod=None, masters=(), listening=None):
    found = next(iter(host("n", row).links.values()))
    return interface_of(found, pod=pod, masters=frozenset(masters), listening=listening)


@pytest.mark.parametrize(
    ("row", "role"),
    [
        (link("ens5", 2), Role.UPLINK),
        (link("bond0", 2, kind="bond"), Role.UPLINK),
        (link("eth0", 2, kind="veth", peer=7, addresses=["10.0.0.1/24"]), Role.UPLINK),
        (link("x1", 2, kind="veth", peer=7), Role.VETH),
        (link("flannel.1", 2, kind="vxlan"), Role.VTEP),
        (link("nv0", 2, kind="gretap"), Role.VTEP),
        (link("wg0", 2, kind="wireguard"), Role.TUNNEL),
        (link("eth0.5", 2, kind="vlan"), Role.VLAN),
        (link("cni0", 2, kind="bridge"), Role.BRIDGE),
    ],
)
def test_kind_tells_the_role(row, role):
    assert made(row).role == role


@pytest.mark.parametrize(
    "row",
    [
        {"ifname": "lo", "ifindex": 1, "mtu": 65536, "link_type": "loopback"},
        link("docker0", 3, kind="bridge"),
        link("dummy0", 3, kind="dummy"),
        link("gre0", 3, kind="gre"),
        {**link("cilium_net", 3, kind="veth"), "link": "cilium_host"},
    ],
)
def test_what_carries_nothing_is_left_out(row):
    assert made(row) is None


def test_bridge_with_ports_is_kept():
    assert made(link("br7", 3, kind="bridge"), masters=["br7"]).role == Role.BRIDGE


def test_veth_of_a_pod_has_its_bridge():
    found = made(link("eth9", 3, kind="veth", peer=2, master="cni0"), pod="a/b")
    assert (found.role, found.pod, found.bridge) == (Role.VETH, "a/b", "cni0")


@pytest.mark.parametrize(
    ("row", "parameters"),
    [
        (link("f", 2, kind="vxlan", data={"id": 1, "port": 8472}), {"type": "vxlan", "vni": 1, "port": 8472}),
        (
            link("f", 2, kind="vxlan", data={"id": 0, "external": True, "port": 1}),
            {"type": "vxlan", "port": 1},
        ),
        (link("f", 2, kind="vlan", data={"id": 5}), {"vlan": 5}),
        (link("f", 2, kind="gre", data={"okey": "4.238.73.74"}), {"type": "gre", "key": 82725194}),
        (
            link("f", 2, kind="gretap", data={"okey": "68.183.111.212"}),
            {"type": "gretap", "vsid": 4503407, "flow_id": 212},
        ),
        (link("flannel0", 2, kind="tun"), {"type": "tun", "port": 8285}),
    ],
)
def test_numbers_of_a_tunnel(row, parameters):
    assert made(row).parameters == parameters


def test_wireguard_has_the_port_that_wg_says():
    assert made(link("wg0", 2, kind="wireguard"), listening=51820).parameters == {
        "type": "wireguard",
        "port": 51820,
    }
