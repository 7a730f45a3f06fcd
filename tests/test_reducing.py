import pytest
from clusters import cluster
from networks import OUTSIDE, POD1, answer, ask, carried, said
from readings import assembled, read

from pcapcheck.placing import place
from pcapcheck.reducing import reduce_all, strong_keys
from pcapcheck.resources import Resources, opened
from pcapcheck.topology.topology import Topology

WEB = {
    "pod1_eth0.pcap": [ask(), answer(62)],
    "node1_eth0.pcap": [carried(ask(63)), carried(answer(63))],
    "pod2_eth0.pcap": [ask(62), answer()],
}


def reduced(folder, captures, using=None):
    return reduce_all(*assembled(folder, captures), using or Resources())


def counts(network, *names):
    watched = network.hops.join(network.watched, on=["direction", "step"])
    return watched.sort("direction", "step").select(names).rows()


def test_packets_are_followed_through_all_captures(tmp_path):
    assert counts(reduced(tmp_path, WEB), "seen", "missing") == [(1, 0)] * 6


def test_each_point_has_the_time_in_which_it_saw_anything(tmp_path):
    windows = reduced(tmp_path, WEB).windows
    assert len(windows) == 3
    assert (windows["to"] - windows["from"]).to_list() == [1_000_000] * 3


def test_a_packet_that_a_point_lacks_is_missing_there(tmp_path):
    captures = WEB | {"node1_eth0.pcap": [carried(ask(63))]}
    found = reduced(tmp_path, captures)
    assert sum(missing for (missing,) in counts(found, "missing")) == 1


def test_where_nothing_was_kept_nothing_is_followed(tmp_path):
    found = reduced(tmp_path, {"pod1_eth0.pcap": [], "pod2_eth0.pcap": []})
    assert found.hops.is_empty()


def test_a_folder_to_spill_to_changes_nothing(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with opened(scratch=str(tmp_path)) as using:
        spilled = reduced(tmp_path / "a", WEB, using)
    assert spilled.hops.equals(reduced(tmp_path / "b", WEB).hops)


@pytest.mark.parametrize("known", [cluster(), Topology()])
def test_the_same_packet_has_the_same_strong_key_at_every_point(tmp_path, known):
    keys = strong_keys(place(read(tmp_path, WEB), known))
    assert keys["strong"].n_unique() == 2
    assert sorted(keys["variant"]) == [0, 1, 2, 3, 4, 5]


def test_a_flow_has_keys_of_its_own(tmp_path):
    keys = strong_keys(
        place(read(tmp_path, {"pod1_eth0.pcap": [ask(), said(POD1, OUTSIDE, seq=9)]}), cluster())
    )
    assert keys["strong"].n_unique() == 2


def test_without_packets_there_are_no_keys(tmp_path):
    assert strong_keys(place(read(tmp_path, {"pod1_eth0.pcap": []}), cluster())).is_empty()
