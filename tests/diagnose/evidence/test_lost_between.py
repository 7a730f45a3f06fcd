"""Loss between two points, with what separates lost from delivered; a gap of a capture is none."""

from disturb import records, written
from scene import DB_IP, case_of, causes, facts, scene

from profiles import DB, WEB
from sample import both_ways, one_way
from wire import Packet

VETH = "node2_veth83d07be4.pcap"


def to_the_pod(frame):
    return isinstance(frame.content, Packet) and frame.content.destination == DB_IP


def test_what_never_reaches_the_veth_is_lost_before_it(tmp_path):
    case = scene(tmp_path, one_way(WEB, DB), breaks=lambda _, network: network.drop(VETH, to_the_pod))
    (fact,) = facts(case, "lost_between")
    assert (fact.about["from_hop"], fact.about["to_role"]) == ("node2 cni0", "veth")
    assert fact.about["all"]
    assert fact.about["felt"]
    assert causes(case) == ["dropped-at-hop"]


def test_loss_of_one_port_is_cut_clean(tmp_path):
    def to_port_80(frame):
        return to_the_pod(frame) and frame.content.protocol == 6

    case = scene(
        tmp_path,
        [*both_ways(WEB, DB), *one_way(WEB, DB, 1.5)],
        breaks=lambda _, network: network.drop(VETH, to_port_80),
    )
    (fact,) = facts(case, "lost_between")
    assert fact.about["clean"]
    assert fact.about["by"] in ("protocol", "port")
    assert causes(case) == ["policy-drop"]


def test_records_that_one_capture_lacks_are_no_loss(tmp_path):
    scene(tmp_path)
    file = tmp_path / VETH
    data = file.read_bytes()
    kept = [record for number, record in enumerate(records(data)) if number % 3]
    file.write_bytes(written(data, kept))
    case = case_of(tmp_path)
    assert facts(case, "lost_between") == []
    assert causes(case) == []


def test_a_hop_that_nobody_captured_is_not_accused(tmp_path):
    scene(tmp_path, one_way(WEB, DB), breaks=lambda _, network: network.drop(VETH, to_the_pod))
    for name in ("node2_cni0.pcap", "node2_flannel.1.pcap"):
        (tmp_path / name).unlink()
    case = case_of(tmp_path)
    (fact,) = facts(case, "lost_between")
    assert fact.about["skipped"] == 2
    assert causes(case) == ["last-seen"]
