import pytest
from networks import NODE1, NODE2, POD1, POD2, ask, carried
from packets import arp, eth, gre, ip, ipv6, tcp
from readings import write

from pcapcheck.report.inspection import TunnelSeen
from pcapcheck.run.inspect import inspect
from pcapcheck.run.settings import Settings, read_settings
from pcapcheck.topology.topology import Topology


def told(folder, *packets, **settings):
    [found] = inspect(write(folder, {"x.pcap": packets}), read_settings(Topology(), **settings))
    return found


def test_a_capture_is_counted(tmp_path):
    found = told(tmp_path, ask(), ask(), carried(ask()))
    assert (found.format, found.packets, found.bytes) == ("pcap", 3, 2 * 54 + 104)
    assert found.last - found.first == 2_000_000
    assert (found.stacks, found.error) == ({"eth:ip:tcp": 2, "eth:ip:udp:vxlan:eth:ip:tcp": 1}, None)


def test_endpoints_are_innermost_and_the_busiest_first(tmp_path):
    found = told(
        tmp_path, carried(ask()), eth(ipv6(tcp(), src="fd00::1:2")), eth(arp(src=POD1, dst="10.0.0.9"))
    )
    assert (next(iter(found.endpoints)), found.endpoints[POD1]) == (POD1, 2)
    assert set(found.endpoints) == {POD1, POD2, "fd00::1:2", "fd00::2", "10.0.0.9"}
    assert found.addresses == 5


def test_tunnels_are_told_apart_by_port_and_number(tmp_path):
    tunnelled = eth(ip(gre(ip(tcp()), key=5), src=NODE1, dst=NODE2))
    found = told(tmp_path, carried(ask()), carried(ask(), vni=7), carried(ask(2), vni=7), tunnelled, ask())
    assert found.tunnels == (
        TunnelSeen("vxlan", 8472, 7, 2),
        TunnelSeen("gre", None, 5, 1),
        TunnelSeen("vxlan", 8472, 1, 1),
    )


def test_without_a_tunnel_a_capture_looks_like_no_profile(tmp_path):
    assert told(tmp_path, ask(), ask(63)).looks_like is None


def test_with_one_it_looks_like_what_fits(tmp_path):
    found = told(tmp_path, *[carried(ask(63, seq=number)) for number in range(5)], profile="flannel-vxlan")
    assert found.looks_like.profile == "flannel-vxlan"


def test_packets_outside_the_times_are_left_out_of_the_counts(tmp_path):
    assert sum(told(tmp_path, ask(), ask(63), since="2100-01-01T00:00:00Z").stacks.values()) == 0


def test_one_that_cannot_be_read_is_told_of_among_the_others(tmp_path):
    inputs = write(tmp_path, {"a.pcap": [ask()], "b.pcap": [ask()]})
    (tmp_path / "a.pcap").write_bytes((tmp_path / "a.pcap").read_bytes()[:10])
    broken, whole = inspect(inputs, Settings())
    assert (broken.packets, whole.packets) == (0, 1)
    assert broken.error
    assert "fix:" not in broken.error
    assert not broken.error.startswith(broken.file)


@pytest.mark.parametrize("linktype", [1, 101])
def test_an_interface_is_named_by_its_link_type(tmp_path, linktype):
    [found] = inspect(write(tmp_path, {"x.pcap": [ip(tcp())]}, linktype=linktype), Settings())
    assert found.interfaces[0].linktype == {1: "Ethernet", 101: "raw IP"}[linktype]
    assert found.interfaces[0].packets == 1
