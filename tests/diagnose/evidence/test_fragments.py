"""Fragments of which some pass and others end: by what each point counts."""

from functools import partial

import disturb
import pytest
from packets import eth, fraghdr, ip, ipv6, tcp, udp, vxlan
from scene import NODE1, NODE1_MAC, NODE2, NODE2_MAC, case_of, causes, dropping, everywhere, facts, scene

from datapaths import cilium
from pcapcheck.diagnose.evidence.fragments import _Count, _where
from profiles import DB, WEB
from sample import both_ways, dns, fetch
from wire import Packet

LXC = "node1_lxc1f6c2a90f1c2.pcap"
LARGE = [
    *both_ways(WEB, DB),
    dns(WEB, DB, 1.5, filling=1800),
    dns(WEB, DB, 2.5, filling=1800),
    fetch(WEB, DB, 3.5, size=120_000),
]
cluster = partial(cilium, "native")


def is_piece(frame, *, later):
    packet = frame.content
    return isinstance(packet, Packet) and (packet.offset > 0 if later else packet.more and not packet.offset)


def told(case):
    return [
        (fact.about["which"], fact.about["from_hop"], fact.about["to_hop"])
        for fact in facts(case, "fragments")
    ]


@pytest.mark.parametrize(("later", "which"), [(True, "later"), (False, "first")])
def test_fragments_that_end_inside_a_node_are_found_there(later, which, tmp_path):
    case = scene(tmp_path, LARGE, cluster, breaks=dropping(LXC, partial(is_piece, later=later)))
    assert told(case) == [(which, "node1 eth0", "node1 lxc1f6c2a90f1c2")]
    assert causes(case) == ["fragments-dropped"]


def test_first_fragments_that_are_lost_where_nothing_as_large_passes_may_be_too_large(tmp_path):
    case = scene(tmp_path, LARGE[:-1], cluster, breaks=dropping(LXC, partial(is_piece, later=False)))
    assert told(case) == []


def test_fragments_that_end_between_nodes_are_no_fault_of_either(tmp_path):
    case = scene(tmp_path, LARGE, cluster, breaks=dropping("node1_eth0.pcap", partial(is_piece, later=True)))
    (fact,) = facts(case, "fragments")
    assert (fact.about["from_hop"], fact.about["across"], fact.about["offset"]) == ("node2 eth0", True, 1376)


def test_fragments_that_all_arrive_are_no_fault(tmp_path):
    case = scene(tmp_path, LARGE, cluster)
    assert (facts(case, "fragments"), causes(case)) == ([], [])


def test_all_fragments_lost_are_a_loss_as_any(tmp_path):
    def breaks(_, network):
        network.drop(LXC, lambda frame: is_piece(frame, later=True) or is_piece(frame, later=False))

    assert facts(scene(tmp_path, LARGE, cluster, breaks=breaks), "fragments") == []


def test_a_single_fragment_is_lost_by_chance(tmp_path):
    talks = [*both_ways(WEB, DB), dns(WEB, DB, 1.5, filling=1800, attempts=1)]
    case = scene(tmp_path, talks, cluster, breaks=dropping(LXC, partial(is_piece, later=True)))
    assert facts(case, "fragments") == []


def test_a_capture_that_was_filtered_by_port_says_nothing(tmp_path):
    scene(tmp_path, LARGE, cluster)
    for file in (LXC, "web-1_eth0.pcap"):
        path = tmp_path / file
        header = path.read_bytes()
        kept = [(time, rest) for time, rest in disturb.records(header) if rest[8 + 23 : 8 + 24] == b"\x11"]
        kept = [(time, rest) for time, rest in kept if not rest[8 + 20] & 0x1F and not rest[8 + 21]]
        path.write_bytes(disturb.written(header, kept))

    assert facts(case_of(tmp_path), "fragments") == []


def outer(seconds):
    """Return the two fragments of a node's tunnel packet."""
    inside = eth(ip(tcp(bytes(1400)), "10.100.0.2", "10.100.1.2"))
    datagram = udp(vxlan(inside), sport=50000, dport=8472)
    number = int(seconds * 10)
    pieces = (
        ip(datagram[:1480], NODE1, NODE2, id=number, mf=1, proto=17),
        ip(datagram[1480:] + bytes(40), NODE1, NODE2, id=number, offset=1480, proto=17),
    )
    return [(seconds + k / 1000, eth(piece, src=NODE1_MAC, dst=NODE2_MAC)) for k, piece in enumerate(pieces)]


def test_fragments_of_tunnel_packets_are_counted_too(tmp_path):
    pieces = [piece for second in (3.0, 4.0, 5.0) for piece in outer(second)]
    put = everywhere(["node1_eth0.pcap"], *pieces) | everywhere(["node2_eth0.pcap"], *pieces[::2])
    (fact,) = facts(scene(tmp_path, put=put), "fragments")
    assert (fact.about["which"], fact.about["outer"], fact.about["sender"]) == ("later", True, "node1")
    assert (fact.about["lost"], fact.about["sent"], fact.about["across"]) == (3, 3, True)


def test_fragments_of_ipv6_are_counted_too(tmp_path):
    ends = {"src": "fd00:100::2", "dst": "fd00:100::3"}

    def address(told):
        told["pods"][WEB]["addresses"] = ["10.100.0.2", ends["src"]]
        told["pods"][DB]["addresses"] = ["10.100.1.2", ends["dst"]]
        for name in (WEB, DB):
            told["pods"][name].pop("address", None)

    datagram = udp(bytes(2000), dport=53)
    pieces = [
        (3.0 + number, eth(ipv6(fraghdr(part, nxt=17, id=number, **more), **ends)))
        for number in range(3)
        for part, more in ((datagram[:1400], {"more": 1}), (datagram[1400:], {"offset": 1400}))
    ]
    put = everywhere(["node1_cni0.pcap"], *pieces) | everywhere(["node2_cni0.pcap"], *pieces[::2])
    (fact,) = facts(scene(tmp_path, put=put, topology=address), "fragments")
    assert (fact.about["which"], fact.about["family"], fact.about["offset"]) == ("later", 6, 1400)


@pytest.mark.parametrize(
    ("counts", "at"),
    [
        ([(4, 4), (4, 0)], 1),
        ([(4, 4), (4, 4), (4, 0), (4, 0)], 2),
        ([(4, 4), (0, 4)], 1),
        ([(5, 4), (5, 1)], 1),
        ([(4, 4), (4, 0), (4, 4)], None),
        ([(4, 0), (4, 0)], None),
        ([(4, 4), (4, 3)], None),
        ([(4, 4), (0, 0)], None),
        ([(4, 4), (4, 0), (0, 4)], None),
    ],
)
def test_where_they_end(counts, at):
    assert _where([_Count((0,), first, last) for first, last in counts]) == at
