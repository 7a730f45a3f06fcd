from networks import answer, ask, carried
from readings import assembled

from pcapcheck.follow.reduce import reduce_all
from pcapcheck.scale.resources import Resources, opened

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
    later = {"seq": 1001, "flags": 0x18}
    captures = {
        "pod1_eth0.pcap": [*WEB["pod1_eth0.pcap"], answer(62, **later)],
        "node1_eth0.pcap": [*WEB["node1_eth0.pcap"][:1], carried(answer(63, **later))],
        "pod2_eth0.pcap": [*WEB["pod2_eth0.pcap"], answer(**later)],
    }
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
