import pytest

from pcapcheck.dumps.host import Host, mac_or_none, network_or_none

LINK = {
    "ifindex": 3,
    "ifname": "flannel.1",
    "mtu": 1450,
    "link_type": "ether",
    "address": "06:30:41:F9:18:5F",
}
ADDRESS = {
    "ifname": "flannel.1",
    "link_type": "ether",
    "mtu": 1450,
    "addr_info": [
        {"local": "10.244.0.0", "prefixlen": 32, "scope": "global"},
        {"local": "fe80::1", "scope": "link"},
    ],
}


def test_link_and_addresses_are_put_together():
    host = Host("node1")
    host.add([{**LINK, "linkinfo": {"info_kind": "vxlan", "info_data": {"id": 1}}}])
    host.add([ADDRESS])
    link = host.links["flannel.1"]
    assert (link.index, link.kind, link.mac, link.data) == (3, "vxlan", "06:30:41:f9:18:5f", {"id": 1})
    assert link.addresses == ["10.244.0.0/32"]


@pytest.mark.parametrize(
    ("row", "table"),
    [
        ({"mac": "02:00:00:00:00:01", "ifname": "cni0"}, "fdb"),
        ({"dst": "10.0.0.1", "dev": "eth0", "lladdr": "02:00:00:00:00:01", "state": ["STALE"]}, "neighbours"),
        ({"dst": "10.0.0.1", "dev": "eth0", "state": ["FAILED"]}, "neighbours"),
        ({"dst": "default", "gateway": "10.0.0.1", "dev": "eth0"}, "routes"),
    ],
)
def test_keys_of_a_row_tell_its_table(row, table):
    host = Host("node1")
    host.add([row])
    assert getattr(host, table) == [row]


def test_rows_that_cannot_be_read_are_left_out():
    host = Host("node1")
    host.add(
        [
            "x",
            {},
            {"dst": "nowhere"},
            {"ifname": "a", "mtu": -1, "address": "x", "addr_info": [{"local": "y"}]},
        ]
    )
    assert (host.routes, host.links["a"].mtu, host.links["a"].addresses) == ([], 0, [])


def test_wireguard_tells_its_port_and_iptables_are_kept():
    host = Host("node1")
    host.add_text("wg0\tsecret\tpublic\t51820\toff\n")
    host.add_text("*nat\nCOMMIT")
    assert host.listening == {"wg0": 51820}
    assert host.nat == "*nat\nCOMMIT\n"


def test_what_is_behind_an_interface():
    host = Host("node1")
    host.add([{"ifname": "v", "mtu": 1, "ifindex": 5}, {"mac": "02:00:00:00:00:01", "ifname": "v"}])
    host.add([{"dst": "10.244.0.5/32", "dev": "v"}, {"dst": "10.0.0.9", "dev": "v", "table": "local"}])
    link = host.link_with(5)
    assert host.macs_behind(link) == {"02:00:00:00:00:01"}
    assert host.addresses_behind(link) == {"10.244.0.5"}


@pytest.mark.parametrize("text", [None, 5, "", "10.0.0", "default"])
def test_what_is_no_network_is_none(text):
    assert network_or_none(text) is None
    assert mac_or_none(text) is None
