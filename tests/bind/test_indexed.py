import pytest
from packets import arp, block, ip, sll, sll2, udp

from pcapcheck.bind.cooked import index_facts
from pcapcheck.collect.gather import gather
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.decode.registry import dissector_table

TABLE = dissector_table()
SELF, PEER = "52:54:00:00:00:01", "52:54:00:00:00:02"
OUT, IN = {"packet_type": 4, "link": SELF}, {"packet_type": 0, "link": PEER}
ASK = ip(udp(), src="10.0.0.1", dst="10.0.0.2")
ANSWER = ip(udp(), src="10.0.0.2", dst="10.0.0.1")


def facts(*packets, linktype=276):
    return index_facts(
        gather([block(*packets, linktype=linktype)], ReadPlan(ReadPlan().names), TABLE).variants
    )


def test_each_interface_index_has_what_was_seen_there():
    [two, three] = facts(
        sll2(ASK, ifindex=3, **OUT), sll2(ASK, ifindex=2, **OUT), sll2(ANSWER, ifindex=2, **IN)
    )
    assert (two.ifindex, three.ifindex) == (2, 3)
    assert (two.packets, three.packets) == ({4: 1, 0: 1}, {4: 1})
    assert (two.sent, two.received) == ({SELF}, {PEER})
    assert two.pairs == {("10.0.0.1", "10.0.0.2"), ("10.0.0.2", "10.0.0.1")}
    assert three.stacks == {"sll2:ip:udp"}


def test_packets_are_counted_and_not_their_kinds():
    other = ip(udp(), src="10.0.0.1", dst="10.0.0.3")
    assert facts(*[sll2(ASK, **OUT)] * 3, sll2(other, **OUT))[0].packets == {4: 4}


def test_what_has_no_addresses_is_no_pair():
    assert facts(sll2(b"", type=0x88CC, **OUT))[0].pairs == set()


def test_the_hardware_type_is_that_of_most_kinds_of_packets():
    packets = [
        sll2(payload, hatype=number, **OUT) for payload, number in ((ASK, 772), (ANSWER, 772), (ASK, 1))
    ]
    assert facts(*packets)[0].hatype == 772


@pytest.mark.parametrize(("packets", "linktype"), [([sll(ASK)], 113), ([ASK], 101), ([], 276)])
def test_only_the_newer_cooked_captures_have_an_index(packets, linktype):
    assert facts(*packets, linktype=linktype) == []


def test_without_the_field_nothing_is_told():
    found = gather([block(sll2(arp()), linktype=276)], ReadPlan(("ip.ttl",)), TABLE)
    assert index_facts(found.variants) == []
