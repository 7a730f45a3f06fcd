from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.dumps.iptext import rows_of

ADDRESSES = """1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0 minmtu 0 maxmtu 0
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN group default
    link/ether 06:30:41:f9:18:5f brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 65535
    vxlan id 1 local 192.168.10.11 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 udpcsum
    inet 10.244.0.0/32 scope global flannel.1
       valid_lft forever preferred_lft forever
4: vetha@if3: <BROADCAST,MULTICAST,UP> mtu 1450 qdisc noqueue master cni0 state UP group default qlen 1000
    link/ether 6a:07:e7:63:48:12 brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 1 minmtu 68 maxmtu 65535
    veth
    bridge_slave state forwarding priority 32 cost 2 hairpin off
5: eth0.5@eth0: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state UP
    link/ether 52:54:00:54:cd:ab brd ff:ff:ff:ff:ff:ff
    vlan protocol 802.1Q id 5 <REORDER_HDR>
6: ext0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default qlen 1000
    link/ether fe:3c:52:55:4c:97 brd ff:ff:ff:ff:ff:ff
    vxlan external id 0 srcport 0 0 dstport 4789 nolearning ttl auto ageing 300
7: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480 qdisc noqueue state UNKNOWN
    link/ipip 0.0.0.0 brd 0.0.0.0
    ipip any remote any local any ttl inherit nopmtudisc
"""


def links(text):
    return {row["ifname"]: row for row in rows_of(text)}


def test_addresses_have_length_and_scope():
    assert links(ADDRESSES)["flannel.1"]["addr_info"] == [
        {"local": "10.244.0.0", "prefixlen": 32, "scope": "global"}
    ]
    assert links(ADDRESSES)["lo"]["addr_info"][0]["scope"] == "host"


def test_tunnel_has_its_numbers():
    found = links(ADDRESSES)
    assert found["flannel.1"]["linkinfo"] == {
        "info_kind": "vxlan",
        "info_data": {"id": 1, "port": 8472, "local": "192.168.10.11"},
    }
    assert found["ext0"]["linkinfo"]["info_data"]["external"] is True
    assert found["tunl0"]["linkinfo"]["info_kind"] == "ipip"


def test_other_end_is_an_index_or_a_name():
    found = links(ADDRESSES)
    assert (found["vetha"]["link_index"], found["vetha"]["master"]) == (3, "cni0")
    assert "link_netnsid" in found["vetha"]
    assert found["eth0.5"]["link"] == "eth0"
    assert "link" not in found["tunl0"]


def test_routes_neighbours_and_fdb_are_told_apart():
    text = """default via 192.168.10.1 dev eth0 proto dhcp
10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink
blackhole 10.244.138.64/26 proto bird
local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1
10.244.1.0 dev flannel.1 lladdr ae:a7:e2:28:40:cd PERMANENT
192.168.10.9 dev eth0 FAILED
ae:a7:e2:28:40:cd dev flannel.1 dst 192.168.10.12 self permanent
"""
    assert list(rows_of(text)) == [
        {"dst": "default", "dev": "eth0", "gateway": "192.168.10.1", "protocol": "dhcp"},
        {"dst": "10.244.1.0/24", "dev": "flannel.1", "gateway": "10.244.1.0"},
        {"dst": "10.244.138.64/26", "protocol": "bird", "type": "blackhole"},
        {
            **{"dst": "127.0.0.1", "dev": "lo", "table": "local", "src": "127.0.0.1", "scope": "host"},
            **{"protocol": "kernel", "type": "local"},
        },
        {"dst": "10.244.1.0", "dev": "flannel.1", "lladdr": "ae:a7:e2:28:40:cd", "state": ["PERMANENT"]},
        {"dst": "192.168.10.9", "dev": "eth0", "state": ["FAILED"]},
        {"mac": "ae:a7:e2:28:40:cd", "ifname": "flannel.1", "dst": "192.168.10.12", "state": "permanent"},
    ]


def test_headings_and_other_text_are_skipped():
    assert list(rows_of("Execute:\nip -d addr\n\nSome words: here\n$ ip route\n")) == []


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    assert isinstance(list(rows_of(text)), list)
