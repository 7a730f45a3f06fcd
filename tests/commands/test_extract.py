"""extract: evidence with comments, and captures that can be shown to others."""

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from pasted import HEADER, PING, PONG, field, text_of
from shared import CAPTURES, scenarios

from pcapcheck.api import check
from pcapcheck.capture.source import open_capture
from pcapcheck.commands.extract import command
from pcapcheck.errors import InputError

SAMPLES = Path(__file__).parents[2] / "samples"
BROKEN = SAMPLES / "flannel-vxlan-vni-mismatch"
HEALTHY = SAMPLES / "flannel-vxlan"
# Kinds of networks and of faults: offloaded checksums, tunnels, IPv6, NAT, ARP, fragments, ICMP errors.
SHARED = (
    *("flannel-vxlan", "flannel-vxlan-dualstack", "flannel-clusterip", "flannel-nodeport", "calico-ipip"),
    *("geneve-overlay", "nvgre-overlay", "flannel-wireguard", "macvlan-private", "vxlan-tenants"),
    *("fault-gateway-unresolved", "fault-mtu-black-hole", "fault-outer-fragmentation", "fault-missing-dnat"),
    *(
        "fault-dns-race",
        "fault-corrupted-packets",
        "fault-duplicate-ip",
        "fault-routing-loop",
        "mixed-clocks-differ",
    ),
)


def run(*arguments):
    return CliRunner().invoke(command, [str(each) for each in arguments], standalone_mode=False)


def comments(path):
    """Return the packets of a capture, and their comments."""
    capture = open_capture(str(path))
    count = sum(len(block) for block in capture.blocks())
    return count, capture.comments


def said(result):
    """Return what a check says without names: verdict, causes, broken rules, what was exercised."""
    rules = sorted(each.rule for each in result.findings)
    return result.verdict, [each.id for each in result.diagnoses], rules, dict(result.coverage.exercised)


def test_each_packet_of_the_evidence_says_what_it_proves(tmp_path):
    run(BROKEN, "-o", tmp_path / "evidence.pcapng")
    count, found = comments(tmp_path / "evidence.pcapng")
    assert len(found) == count > 0
    assert any("breaks flannel-vxlan/vni: " in each for texts in found.values() for each in texts)
    assert any("proves vni-mismatch: " in each for texts in found.values() for each in texts)


def test_evidence_alone_proves_the_cause_again(tmp_path):
    run(BROKEN, "-o", tmp_path / "evidence.pcapng")
    result = check(tmp_path / "evidence.pcapng", topology=BROKEN / "topology.yaml")
    assert result.diagnoses[0].id == "vni-mismatch"


@pytest.mark.tshark
def test_tshark_shows_interface_and_comments(tmp_path, tshark):
    run(BROKEN, "-o", tmp_path / "evidence.pcapng")
    names = ("frame.interface_name", "frame.interface_description", "frame.comment")
    options = [option for name in names for option in ("-e", name)]
    command = [tshark, "-r", str(tmp_path / "evidence.pcapng"), "-Tfields", *options]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert any(
        line.startswith("eth0\tk8s.node=node2\t") and "breaks flannel-vxlan/vni" in line for line in shown
    )


def test_rule_chooses_its_evidence(tmp_path):
    run(BROKEN, "--rule", "flannel-vxlan/vni", "-o", tmp_path / "x.pcapng")
    _, found = comments(tmp_path / "x.pcapng")
    assert {each.partition(":")[0] for texts in found.values() for each in texts} == {
        "breaks flannel-vxlan/vni"
    }


def test_rule_that_nothing_broke_is_an_input_error(tmp_path):
    error = run(BROKEN, "--rule", "flannel-vxlan/vnx", "-o", tmp_path / "x.pcapng").exception
    assert isinstance(error, InputError)


def test_where_nothing_was_found_nothing_is_written(tmp_path):
    done = run(HEALTHY, "-o", tmp_path / "x.pcapng")
    assert done.return_value == 0
    assert not (tmp_path / "x.pcapng").exists()


def test_flow_takes_all_its_packets_at_all_points(tmp_path):
    flow = max(check(HEALTHY).flows, key=lambda each: each.packets)
    run(HEALTHY, "--flow", flow.flow, "-o", tmp_path / "x.pcapng")
    shutil.copy(HEALTHY / "topology.yaml", tmp_path)
    (found,) = check(tmp_path).flows
    assert (found.flow, found.packets, found.points) == (flow.flow, flow.packets, flow.points)


def test_pod_takes_all_flows_of_the_pod(tmp_path):
    run(HEALTHY, "--pod", "web-1", "-o", tmp_path / "x.pcapng")
    result = check(tmp_path / "x.pcapng", topology=HEALTHY / "topology.yaml")
    assert all("default/web-1" in (each.source, each.destination) for each in result.flows)


def test_frames_are_taken_by_their_numbers(tmp_path):
    run(HEALTHY, "--frames", "node1_eth0.pcap:2-4,node2_eth0.pcap:1", "-o", tmp_path / "x.pcapng")
    assert comments(tmp_path / "x.pcapng")[0] == 4


def test_all_takes_every_packet(tmp_path):
    run(HEALTHY, "--all", "-o", tmp_path / "x.pcapng")
    assert comments(tmp_path / "x.pcapng")[0] == sum(each.packets for each in check(HEALTHY).captures)


def test_one_file_of_all_packets_is_checked_like_the_folder(tmp_path):
    run(HEALTHY, "--all", "-o", tmp_path / "x.pcapng")
    assert said(check(tmp_path / "x.pcapng", topology=HEALTHY / "topology.yaml")) == said(check(HEALTHY))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--all", "--frames", "a.pcap:1"),
        ("--all", "--rule", "a/b"),
        ("--frames", "a:1", "--flow", "1"),
        ("--key", "k"),
    ],
)
def test_contradicting_options_are_refused(arguments, tmp_path):
    assert "UsageError" in type(run(HEALTHY, *arguments, "-o", tmp_path / "x.pcapng").exception).__name__


def test_captures_are_not_overwritten(tmp_path):
    shutil.copytree(HEALTHY, tmp_path / "in")
    for output in ("in/node1_eth0.pcap", "in"):
        error = run(tmp_path / "in", "--all", "-o", tmp_path / output).exception
        assert "the captures themselves lie there" in str(error)


def test_anonymous_evidence_tells_no_name_and_no_address(tmp_path):
    run(BROKEN, "--anonymise", "-o", tmp_path / "x.pcapng")
    content = (tmp_path / "x.pcapng").read_bytes() + (tmp_path / "x.topology.yaml").read_bytes()
    told = (b"node2", b"web-1", b"192.168.10.1", bytes([192, 168, 10]), bytes([10, 100, 1]))
    assert [each for each in told if each in content] == []
    assert (
        check(tmp_path / "x.pcapng", topology=tmp_path / "x.topology.yaml").diagnoses[0].id == "vni-mismatch"
    )


def test_same_key_gives_the_same_files(tmp_path):
    for name in ("a", "b"):
        run(HEALTHY, "--anonymise", "--key", "secret", "-o", f"{tmp_path}/{name}/")
    names = sorted(each.name for each in (tmp_path / "a").iterdir())
    assert names == sorted(each.name for each in (tmp_path / "b").iterdir())
    assert all((tmp_path / "a" / each).read_bytes() == (tmp_path / "b" / each).read_bytes() for each in names)


def test_key_may_lie_in_a_file(tmp_path):
    (tmp_path / "key").write_text("secret\n")
    run(HEALTHY, "--anonymise", "--key", "secret", "-o", f"{tmp_path}/a/")
    run(HEALTHY, "--anonymise", "--key", f"@{tmp_path / 'key'}", "-o", f"{tmp_path}/b/")
    texts = [(tmp_path / each / "topology.yaml").read_text() for each in "ab"]
    assert texts[0] == texts[1]


def test_capture_that_was_named_and_cannot_be_read_ends_with_2(tmp_path):
    (tmp_path / "bad.pcap").write_bytes(b"no capture")
    done = run(tmp_path / "bad.pcap", HEALTHY / "node1_eth0.pcap", "--anonymise", "-o", f"{tmp_path}/out/")
    assert done.return_value == 2


@pytest.mark.parametrize("name", ["flannel-vxlan", "flannel-vxlan-vni-mismatch", "calico-ipip-gateway-mac"])
def test_anonymous_sample_is_judged_like_the_sample(name, tmp_path):
    run(SAMPLES / name, "--anonymise", "-o", f"{tmp_path}/out/")
    assert said(check(tmp_path / "out")) == said(check(SAMPLES / name))


@pytest.mark.parametrize("name", [each for each in scenarios() if each in SHARED])
def test_anonymous_scenario_is_judged_like_the_scenario(name, tmp_path):
    run(CAPTURES / name, "--anonymise", "-o", f"{tmp_path}/out/")
    assert said(check(tmp_path / "out")) == said(check(CAPTURES / name))


@pytest.mark.parametrize("name", [each for each in scenarios() if each in SHARED[:5]])
def test_anonymous_scenario_without_a_topology_is_judged_like_the_scenario(name, tmp_path):
    (tmp_path / "in").mkdir()
    for each in (CAPTURES / name).glob("*.pcap"):
        shutil.copy(each, tmp_path / "in")
    run(tmp_path / "in", "--anonymise", "-o", f"{tmp_path}/out/")
    assert said(check(tmp_path / "out")) == said(check(tmp_path / "in"))


CHECKSUMS = ("ip", "tcp", "udp", "icmp", "icmpv6")


def statuses(tshark, path):
    """Return what tshark says of the checksums of each packet."""
    asked = [f"-o{each}.check_checksum:TRUE" for each in CHECKSUMS[:3]]
    shown = [option for each in CHECKSUMS for option in ("-e", f"{each}.checksum.status")]
    command = [tshark, "-n", "-r", str(path), "-dudp.port==8472,vxlan", *asked, "-Tfields", *shown]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.tshark
@pytest.mark.parametrize(
    "name", ["fault-corrupted-packets", "flannel-vxlan-dualstack", "fault-mtu-black-hole"]
)
def test_checksums_are_as_right_and_as_wrong_as_before(name, tmp_path, tshark, shared_captures):
    for file in sorted((shared_captures / name).glob("*.pcap")):
        run(file, "--anonymise", "--all", "-o", tmp_path / "x.pcapng")
        assert statuses(tshark, tmp_path / "x.pcapng") == statuses(tshark, file)


def test_text_is_extracted_whole_and_stays_honest_about_what_it_lacks(tmp_path):
    report = text_of(tmp_path, "## node-a, eth0", "```", HEADER, PING, PONG, "```")
    assert run(report, "-o", tmp_path / "report.pcapng").exit_code == 0
    assert field(str(tmp_path / "report.pcapng"), "icmp.type") == [8, 0]
    assert field(str(tmp_path / "report.pcapng"), "ip.ttl") == [None, None]
    assert "node-a" in open_capture(str(tmp_path / "report.pcapng")).interfaces[0].description
