"""What surrounds a loss."""

import pytest
from scene import DB_IP, case_of, dropping, scene

from pcapcheck.diagnose import losscontext
from pcapcheck.diagnose.losscontext import around
from pcapcheck.diagnose.losses import told
from profiles import DB, WEB, host_gw
from sample import both_ways, one_way
from wire import Packet


def words(case):
    return [around(case, pair) for pair in told(case)]


def to_the_pod(frame):
    return isinstance(frame.content, Packet) and DB_IP in (frame.content.destination,)


def any_packet(frame):
    return isinstance(frame.content, Packet)


def test_other_traffic_of_the_sending_node_is_alive(tmp_path):
    breaks = dropping("node2_eth0.pcap", any_packet)
    (about,) = words(scene(tmp_path, one_way(WEB, DB), breaks=breaks))
    assert about["alive"]
    assert (about["skipped"], about["senders"]) == (0, 1)


def test_plain_packets_were_sent_to_the_peer(tmp_path):
    breaks = dropping("node2_eth0.pcap", any_packet)
    (about,) = words(scene(tmp_path, one_way(WEB, DB), host_gw, breaks))
    assert about["next_hop"] == "peer"


def test_hops_that_nobody_captured_are_named(tmp_path):
    breaks = dropping("db-0_eth0.pcap", to_the_pod)
    scene(tmp_path, one_way(WEB, DB), breaks=breaks)
    (tmp_path / "node2_veth83d07be4.pcap").unlink()
    (about,) = words(case_of(tmp_path))
    assert (about["skipped"], about["not_captured"]) == (1, "veth83d07be4 on node2")
    assert about["next_capture"] == "capture veth83d07be4 on node2"


def test_a_capture_that_goes_on_covers_the_loss(tmp_path):
    breaks = dropping("db-0_eth0.pcap", lambda f: to_the_pod(f) and f.content.protocol == 6)
    case = scene(tmp_path, [*both_ways(WEB, DB), *one_way(WEB, DB, 1.3)], breaks=breaks)
    assert [about["covered"] for about in words(case)] == [True]


@pytest.mark.parametrize(
    ("alive", "encapsulated", "says"),
    [
        (True, True, "encapsulated packets and the node's own traffic pass"),
        (False, True, "encapsulated packets pass"),
        (True, False, "the node's own traffic passes"),
        (False, False, None),
    ],
)
def test_what_passes_is_named_only_if_it_was_seen(alive, encapsulated, says):
    assert losscontext._passing(alive=alive, encapsulated=encapsulated) == says
