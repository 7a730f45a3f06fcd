"""Packets that a way doubles, or lets overtake each other."""

from scene import NODE2_MAC, causes, facts, scene

from profiles import DB, WEB
from sample import both_ways, ping
from wire import Packet


def every_other(frame):
    packet = frame.content
    return frame.destination == NODE2_MAC and isinstance(packet, Packet) and packet.identification % 2 == 0


def test_what_comes_twice_is_doubled_where_it_comes(tmp_path):
    case = scene(
        tmp_path,
        [*both_ways(WEB, DB), ping(WEB, DB, 1.2, count=8)],
        breaks=lambda _, network: network.double("node2_eth0.pcap", every_other),
    )
    fact = facts(case, "disturbed")[0]
    assert (fact.about["what"], fact.about["to_hop"]) == ("doubled", "node2 eth0")
    assert causes(case)[0] == "duplicate-packets"


def test_a_late_packet_is_overtaken(tmp_path):
    case = scene(
        tmp_path,
        [ping(WEB, DB, 1.2, count=24, interval=300)],
        breaks=lambda _, network: network.delay("node2_eth0.pcap", every_other, 900),
    )
    assert "late" in {fact.about["what"] for fact in facts(case, "disturbed")}
    assert "reordering" in causes(case)


def test_a_quiet_network_disturbs_nothing(tmp_path):
    assert facts(scene(tmp_path), "disturbed") == []
