import pytest
from linuxhosts import host

from pcapcheck.documents.shipped import profile_names
from pcapcheck.dumps.backend import Backend
from pcapcheck.topology.interfacenames import cni_names
from pcapcheck.topology.topology import Interface, Node, Pod, Role

ETH = Interface("eth0", Role.UPLINK)


def backend(*interfaces, pods=None, hosts=None):
    nodes = {"n1": Node("n1", interfaces={each.name: each for each in (ETH, *interfaces)})}
    return Backend(nodes, hosts or {}, pods or {})


@pytest.mark.parametrize(
    ("interface", "profile"),
    [
        (Interface("flannel.1", Role.VTEP), "flannel-vxlan"),
        (Interface("flannel-wg", Role.TUNNEL), "flannel-wireguard"),
        (Interface("flannel0", Role.TUNNEL), "flannel-udp"),
        (Interface("cni0", Role.BRIDGE), "flannel-host-gw"),
        (Interface("vxlan.calico", Role.VTEP), "calico-vxlan"),
        (Interface("cali1", Role.VETH), "calico-direct"),
        (Interface("cilium_vxlan", Role.VTEP), "cilium-vxlan"),
        (Interface("x", Role.VTEP, parameters={"type": "gretap"}), "nvgre"),
        (Interface("x", Role.TUNNEL, parameters={"type": "gre"}), "gre"),
        (Interface("x", Role.VTEP, parameters={"type": "geneve"}), "geneve"),
        (Interface("vx0", Role.VTEP, parameters={"type": "vxlan"}), "vxlan"),
        (Interface("eth0.5", Role.VLAN), "vlan"),
        (Interface("odd", Role.VETH), None),
    ],
)
def test_interfaces_tell_the_profile(interface, profile):
    assert backend(interface).profile == profile


def test_a_backend_that_no_rule_file_describes_is_noted_and_names_no_profile(monkeypatch):
    known = tuple(name for name in profile_names() if name != "calico-wireguard")
    monkeypatch.setattr("pcapcheck.dumps.backend.profile_names", lambda: known)
    found = backend(Interface("wireguard.cali", Role.TUNNEL), Interface("cali1", Role.VETH))
    assert found.profile is None
    assert found.notes == ["wireguard.cali: there is no profile calico-wireguard; no profile is named"]


@pytest.mark.parametrize("entry", [each for each in cni_names() if each.rank is not None], ids=str)
def test_interfaces_name_only_profiles_that_exist(entry):
    found = backend(Interface("odd", Role.TUNNEL))
    assert found._shipped(entry) in (None, *profile_names())


def test_pods_of_macvlan_and_ipvlan_tell_the_profile():
    pods = {"a": Pod("a", "n1", (), type="macvlan", mode="vepa")}
    found = backend(pods=pods)
    assert (found.profile, found.parameters([])) == ("macvlan-vepa", {"mode": "vepa"})


def test_pods_of_two_modes_are_noted():
    modes = {"a": "vepa", "b": "vepa", "c": "bridge"}
    pods = {name: Pod(name, "n1", (), type="macvlan", mode=mode) for name, mode in modes.items()}
    found = backend(pods=pods)
    assert (found.profile, len(found.notes)) == ("macvlan-vepa", 1)


def routed(*devices):
    """Return a back-end of nodes in one subnet; each routes to the next one's pods by one of `devices`."""
    nodes, hosts, pods = {}, {}, {}
    for number, device in enumerate(devices, 1):
        name, following = f"n{number}", number % len(devices) + 1
        uplink = Interface("eth0", Role.UPLINK, addresses=(f"10.0.0.{number}/24",))
        tunnel = Interface("flannel.1", Role.VTEP)
        nodes[name] = Node(name, (f"10.0.0.{number}",), interfaces={"eth0": uplink, "flannel.1": tunnel})
        pods[name] = Pod(name, name, (f"10.244.{number}.5",))
        hosts[name] = host(
            name, {"dst": f"10.244.{following}.0/24", "gateway": f"10.0.0.{following}", "dev": device}
        )
    return Backend(nodes, hosts, pods)


def test_direct_routes_on_all_nodes_are_meant():
    assert routed("eth0", "eth0").profile == "flannel-vxlan-directrouting"
    assert routed("flannel.1", "flannel.1").profile == "flannel-vxlan"


def test_direct_routes_on_some_nodes_are_noted():
    found = routed("eth0", "flannel.1")
    assert found.profile == "flannel-vxlan"
    assert found.notes == [
        "n1: routes to pods of other nodes bypass the tunnel; this is assumed to be unintended"
    ]


def test_tunnels_of_another_back_end_are_left_out():
    found = backend(Interface("flannel.1", Role.VTEP), Interface("vx2", Role.VTEP))
    assert list(found.own_interfaces()["n1"].interfaces) == ["eth0", "flannel.1"]
    assert found.notes == ["n1: vx2 is not part of flannel-vxlan; it is ignored"]


def test_parameters_are_the_numbers_of_the_interfaces():
    numbers = {"type": "vxlan", "vni": 1, "port": 8472}
    assert backend(Interface("flannel.1", Role.VTEP, parameters=numbers)).parameters([]) == {
        "vni": 1,
        "vxlan_port": 8472,
    }


def test_several_vnis_are_listed():
    tenants = [Interface(f"vx{n}", Role.VTEP, parameters={"type": "vxlan", "vni": n}) for n in (7, 8)]
    assert backend(*tenants).parameters([]) == {"vnis": [7, 8]}


def test_calico_has_mode_and_block_size():
    found = backend(Interface("cali1", Role.VETH), Interface("tunl0", Role.TUNNEL))
    assert found.profile == "calico-ipip"
    assert found.parameters(["10.244.0.0/26", "10.244.0.64/26"]) == {"ipip_mode": "Always", "block_size": 26}
