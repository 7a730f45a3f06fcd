"""Hops that are crossed, packets that are lost, times that are taken."""

import pytest
from looks import SAMPLES, look

from pcapcheck.compare.difference import Latency
from pcapcheck.compare.passages import _is_changed, latency_pairs, loss_changes, path_changes

GOOD = Latency(40.0, 30.0, 60.0, 10)


def test_hops_behind_the_fault_are_crossed_in_good_only():
    found = path_changes(look("flannel-vxlan"), look("flannel-vxlan-vni-mismatch"))
    assert ("pod", "destination", "good") in {(each.role, each.side, each.only_in) for each in found}


def test_hop_that_was_not_captured_is_no_change(tmp_path):
    whole = look("flannel-vxlan")
    for name in ("node1_eth0.pcap", "node2_eth0.pcap", "topology.yaml"):
        (tmp_path / name).write_bytes((SAMPLES / "flannel-vxlan" / name).read_bytes())
    assert list(path_changes(whole, look(tmp_path))) == []


def test_way_that_pods_should_not_take_is_crossed_in_bad_only():
    found = path_changes(look("flannel-wireguard"), look("flannel-wireguard-in-clear"))
    assert ("uplink", "source", "bad") in {(each.role, each.side, each.only_in) for each in found}


def test_loss_is_told_where_it_happens():
    (loss,) = loss_changes(look("flannel-vxlan"), look("flannel-vxlan-vni-mismatch"))
    assert loss.hops == ("uplink (destination)", "vtep (destination)")
    assert (loss.good.share, loss.bad.lost > 0) == (0.0, True)


def test_latency_is_told_for_every_pair_of_hops():
    pairs = {each.hops for each in latency_pairs(look("flannel-vxlan"), look("flannel-vxlan"))}
    assert ("vtep (source)", "uplink (source)") in pairs
    assert ("uplink (source)", "uplink (destination)") in pairs


@pytest.mark.parametrize(
    ("bad", "changed"),
    [
        (Latency(45.0, 30.0, 60.0, 10), False),
        (Latency(900.0, 30.0, 2000.0, 10), False),
        (Latency(900.0, 880.0, 950.0, 10), True),
        (Latency(900.0, 880.0, 950.0, 2), False),
        (Latency(90.0, 85.0, 95.0, 10), False),
    ],
    ids=("alike", "scattered", "slower", "too few", "too little"),
)
def test_latency_changed_only_beyond_its_spread(bad, changed):
    assert _is_changed(GOOD, bad) is changed
