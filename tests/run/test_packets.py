"""The packets that a page shows: those that prove something, decoded as the profile says."""

from pathlib import Path

import pytest

from pcapcheck.api import check, find
from pcapcheck.decode.registry import dissector_table
from pcapcheck.run.packets import BYTES, MAX_PACKETS_SHOWN, with_packets

SAMPLE = Path(__file__).parents[2] / "samples" / "flannel-vxlan-vni-mismatch"
LINUX = dissector_table({"udp.port": {8472: "vxlan"}})


@pytest.fixture(scope="module")
def shown():
    inputs, _ = find([SAMPLE])
    return with_packets(check(SAMPLE).report, inputs, LINUX)


def test_packets_of_the_evidence_come_first(shown):
    first = shown.diagnoses[0].evidence[0].frames[0]
    assert shown.packets[0].frame == first
    assert 0 < len(shown.packets) <= MAX_PACKETS_SHOWN


def test_packet_has_its_layers_in_order_and_as_long_as_they_are(shown):
    packet = shown.packets[0]
    assert packet.stack == "eth:ip:udp:vxlan:eth:ip:icmp"
    assert [(each.name, each.place, each.size) for each in packet.layers] == [
        *(("eth", 0, 14), ("ip", 14, 20), ("udp", 34, 8), ("vxlan", 42, 8)),
        *(("eth", 50, 14), ("ip", 64, 20), ("icmp", 84, 8)),
    ]
    assert len(packet.data) == min(packet.length, BYTES)


def test_field_lies_where_its_bytes_are(shown):
    packet = shown.packets[0]
    fields = {each.name: each for layer in packet.layers for each in layer.fields}
    vni = fields["vxlan.vni"]
    assert int.from_bytes(packet.data[vni.place : vni.place + 3], "big") == int(vni.value) == 7


def test_finding_says_what_was_expected(shown):
    packet = shown.packets[0]
    assert (packet.expected, packet.actual["vxlan.vni"]) == ({"vxlan.vni": "1"}, "7")
    assert "flannel-vxlan/vni" in packet.rules


def test_report_without_findings_has_no_packets():
    healthy = SAMPLE.with_name("flannel-vxlan")
    inputs, _ = find([healthy])
    assert with_packets(check(healthy).report, inputs, LINUX).packets == ()


def test_capture_that_is_gone_is_left_out(tmp_path):
    for file in SAMPLE.glob("*.pcap"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "topology.yaml").write_bytes((SAMPLE / "topology.yaml").read_bytes())
    report, (inputs, _) = check(tmp_path).report, find([tmp_path])
    for file in tmp_path.glob("node1_*"):
        file.unlink()
    found = with_packets(report, inputs, LINUX).packets
    assert found
    assert not [each for each in found if "node1_" in each.frame.file]
