import pytest
from captures_build import pcap
from clusters import cluster
from networks import OUTSIDE, POD1, answer, ask, carried, said
from packets import ip, sll2, tcp
from readings import read

from pcapcheck.bind.place import fingerprints, of, place, relative
from pcapcheck.bind.points import Binding
from pcapcheck.topology.topology import CapturePoint, Role, Topology

WEB = {
    "pod1_eth0.pcap": [ask(), answer(62)],
    "node1_eth0.pcap": [carried(ask(63)), carried(answer(63))],
    "pod2_eth0.pcap": [ask(62), answer()],
}
UPLINK = CapturePoint("node1", "eth0", Role.UPLINK)
SELF, PEER = "52:54:00:00:00:01", "52:54:00:00:00:02"


def placed(folder, captures, known=None, topology=None, **header):
    return place(read(folder, captures, **header), topology or cluster(), known or {})


def test_files_are_bound_by_their_names_and_numbered_by_their_points(tmp_path):
    found = placed(tmp_path, {"node1_eth0.pcap": [carried(ask())], "node1_cni0.pcap": [ask()]})
    points = [found.points[number] for number in found.variants["point"]]
    assert sorted(each.interface for each in points) == ["cni0", "eth0"]
    assert [each.packets for each in found.bound] == [1, 1]


def test_two_files_of_one_interface_are_at_one_point(tmp_path):
    found = placed(tmp_path, {"a/node1_eth0.pcap": [ask()], "b/node1_eth0.pcap": [ask()]})
    assert found.points == (UPLINK,)
    assert found.variants.select("file", "point").rows() == [(0, 0), (1, 0)]


def test_a_file_that_says_nothing_is_at_no_point(tmp_path):
    found = placed(tmp_path, {"trace.pcap": [ask()]})
    assert (found.points, found.variants["point"].to_list()) == ((), [None])


def test_what_is_told_by_other_means_goes_before_the_name(tmp_path):
    known = {(0, 0, None): Binding(UPLINK, "content", "has its MAC")}
    assert placed(tmp_path, {"node2_eth0.pcap": [ask()]}, known).points == (UPLINK,)


def test_variants_are_numbered_in_the_order_of_files_and_frames(tmp_path):
    found = placed(tmp_path, {"node1_cni0.pcap": [ask(), ask(63)], "node1_eth0.pcap": [ask(), ask(63)]})
    assert found.variants["variant"].to_list() == [0, 1, 2, 3]
    assert found.variants.select("file", "frame1").rows() == [(0, 1), (0, 2), (1, 1), (1, 2)]
    assert len(of(found.variants, found.bound[1])) == 2


def any_of_node1():
    """Return packets of two interfaces: what the uplink sent, and what came in at the loopback."""
    inside = ip(tcp(), src="127.0.0.1", dst="127.0.0.1")
    outward = ip(tcp(), src="192.168.10.1", dst="192.168.10.2")
    return [
        sll2(inside, ifindex=1, hatype=772, link="00:00:00:00:00:00"),
        sll2(outward, ifindex=2, packet_type=4, link=SELF),
    ]


def test_a_capture_of_any_is_split_by_interface_index(tmp_path):
    known = {
        (0, 0, 1): Binding(CapturePoint("node1", "lo", Role.LO), "content", ""),
        (0, 0, 2): Binding(UPLINK, "content", ""),
    }
    found = placed(tmp_path, {"node1_any.pcap": any_of_node1()}, known, linktype=276)
    assert [found.points[number].interface for number in found.variants["point"]] == ["lo", "eth0"]


def test_whose_interfaces_an_any_capture_shows_is_seen_by_their_macs(tmp_path):
    found = placed(tmp_path, {"node1_any.pcap": any_of_node1()}, linktype=276)
    assert UPLINK in found.points


def test_an_empty_capture_has_its_point_and_no_packets(tmp_path):
    found = placed(tmp_path, {"node1_eth0.pcap": []})
    assert (found.points, [each.packets for each in found.bound], len(found.variants)) == ((UPLINK,), [0], 0)


def test_nothing_captured_is_nothing_placed():
    found = place((), Topology())
    assert (found.points, found.bound, found.variants.is_empty()) == ((), (), True)


def test_windows_are_by_the_reference_clock(tmp_path):
    found = placed(tmp_path, {"node1_eth0.pcap": [ask(), ask()], "trace.pcap": [ask()]})
    [(number, point, first, last)] = found.windows({"node1": 5}).rows()
    variant = found.variants.row(0, named=True)
    assert (number, point) == (variant["variant"], 0)
    assert (first, last) == (variant["first"] - 5, variant["last"] - 5)
    assert last - first == 1_000_000


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        (["a/b/x.pcap", "a/b/y.pcap"], ["x.pcap", "y.pcap"]),
        (["a/b/x.pcap", "a/c/y.pcap"], ["b/x.pcap", "c/y.pcap"]),
        (["a/x.pcap"], ["x.pcap"]),
        (["a/b/x.pcap", "a/x.pcap"], ["b/x.pcap", "x.pcap"]),
        ([], []),
    ],
)
def test_names_are_relative_to_the_folder_of_all(shown, names):
    assert relative(shown) == names


def test_one_that_cannot_be_read_keeps_no_other_from_its_point(tmp_path):
    (tmp_path / "node1_cni0.pcap").write_bytes(pcap()[:20])
    found = placed(tmp_path, {"node1_eth0.pcap": [ask()]})
    assert found.points == (UPLINK,)


@pytest.mark.parametrize("known", [cluster(), Topology()])
def test_the_same_packet_has_the_same_strong_key_at_every_point(tmp_path, known):
    keys = fingerprints(place(read(tmp_path, WEB), known))
    assert keys["strong"].n_unique() == 2
    assert sorted(keys["variant"]) == [0, 1, 2, 3, 4, 5]


def test_a_flow_has_keys_of_its_own(tmp_path):
    keys = fingerprints(
        place(read(tmp_path, {"pod1_eth0.pcap": [ask(), said(POD1, OUTSIDE, seq=9)]}), cluster())
    )
    assert keys["strong"].n_unique() == 2


def test_without_packets_there_are_no_keys(tmp_path):
    assert fingerprints(place(read(tmp_path, {"pod1_eth0.pcap": []}), cluster())).is_empty()
