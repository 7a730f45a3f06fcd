"""The samples: made anew byte by byte, read by tshark without complaint, true to the walks they show."""

import json
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import sample_variants
import yaml
from inturn import in_turn

import make
from conversations import Ping
from network import SECOND, START, Network
from pcapcheck.topology.load import load_topology
from profiles import DB, WEB, flannel
from wire import Packet

NAMES = make.names()
SAMPLES = make.SAMPLES
CHECKED = [f"-o{protocol}.check_checksum:TRUE" for protocol in ("ip", "udp", "tcp")]
DECODE = ["-dudp.port==8472,vxlan", "-dudp.port==8300,data"]
WRONG = " || ".join(
    ["_ws.malformed", *(f"{each}.checksum.status==0" for each in ("ip", "udp", "tcp", "icmp", "icmpv6"))]
)
VARIANTS = [
    sample_variants.one_pcapng,
    sample_variants.pcapng_per_node,
    sample_variants.any_files,
    sample_variants.tagged_uplinks,
    sample_variants.ipv6_pods,
]


def contents(folder):
    return {
        file.name: file.read_bytes() for file in folder.iterdir() if file.is_file() and file.name != "make.py"
    }


def captures(folder):
    return sorted(str(file) for file in folder.glob("*.pcap*"))


def rows(tshark, file, *fields, only="frame"):
    """Return what tshark shows of each packet of a file: the last value of each field, as text."""
    chosen = [option for field in fields for option in ("-e", field)]
    shape = ["-Tfields", "-Eseparator=/t", "-Eoccurrence=l"]
    command = [tshark, "-n", *CHECKED, *DECODE, "-r", str(file), "-Y", only, *shape, *chosen]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [tuple(line.split("\t")) for line in shown.splitlines()]


def sources(network, file):
    """Return who sends the packets to db-0 that a point shows."""
    seen = [
        each for point, sightings in network.sightings.items() if point.file == file for each in sightings
    ]
    packets = [each.frame.content for each in seen if isinstance(each.frame.content, Packet)]
    return {packet.source for packet in packets if packet.destination == "10.100.1.2"}


def complaints(tshark, folder):
    merged = folder / "merged.pcapng"
    subprocess.run(["mergecap", "-w", str(merged), *captures(folder)], check=True, capture_output=True)
    found = rows(tshark, merged, "frame.number", "frame.protocols", only=WRONG)
    merged.unlink()
    return found


@pytest.mark.parametrize("name", NAMES)
def test_sample_is_what_its_script_makes(name, tmp_path):
    make.load(name).write(tmp_path / name)
    assert contents(tmp_path / name) == contents(SAMPLES / name)


@pytest.mark.tshark
@pytest.mark.parametrize("name", in_turn(NAMES, 3))
def test_no_packet_of_a_sample_is_malformed_or_has_a_wrong_checksum(name, tmp_path, tshark):
    make.load(name).write(tmp_path)
    assert complaints(tshark, tmp_path) == []


@pytest.mark.tshark
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda each: each.__name__)
def test_no_packet_of_a_variant_is_malformed_or_has_a_wrong_checksum(variant, tmp_path, tshark):
    assert complaints(tshark, variant(tmp_path)) == []


@pytest.mark.parametrize("name", NAMES)
def test_topology_of_a_sample_is_valid(name):
    assert load_topology(SAMPLES / name / "topology.yaml").profile == make.load(name).profile


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda each: each.__name__)
def test_topology_of_a_variant_is_valid(variant, tmp_path):
    assert load_topology(variant(tmp_path) / "topology.yaml").profile == "flannel-vxlan"


@pytest.mark.parametrize("name", NAMES)
def test_sample_has_tens_of_packets_a_point(name):
    truth = json.loads((SAMPLES / name / "truth.json").read_text(encoding="utf-8"))
    assert 10 <= max(capture["packets"] for capture in truth["captures"]) <= 110


@pytest.mark.parametrize("name", [name for name in NAMES if make.load(name).fault is None])
def test_everything_is_answered_in_a_healthy_sample(name):
    _, _, conversations = make.load(name).run()
    private = [
        each for each in conversations if name == "macvlan-private" and each.destination == "default/db-0"
    ]
    assert [each.observed for each in conversations if each not in private] == ["ok"] * (
        len(conversations) - len(private)
    )


@pytest.mark.tshark
def test_flannel_walk_has_the_values_of_the_document(tshark):
    folder = SAMPLES / "flannel-vxlan"
    fields = ("eth.src", "eth.dst", "ip.src", "ip.dst", "ip.ttl")
    syn = "tcp.flags.syn==1 && tcp.flags.ack==0 && ip.src==10.100.0.2"
    walk = [
        rows(tshark, folder / f"{point}.pcap", *fields, only=syn)
        for point in ("node1_cni0", "node1_flannel.1", "node2_flannel.1", "node2_cni0", "db-0_eth0")
    ]
    ends = ("10.100.0.2", "10.100.1.2")
    assert walk == [
        [("4e:0b:b1:7a:90:12", "0a:58:0a:64:00:01", *ends, "64")],
        [("be:1d:3a:74:06:c9", "de:34:a2:06:d3:56", *ends, "63")],
        [("be:1d:3a:74:06:c9", "de:34:a2:06:d3:56", *ends, "63")],
        [("b2:12:0d:e4:eb:46", "f2:50:98:b4:ea:01", *ends, "62")],
        [("b2:12:0d:e4:eb:46", "f2:50:98:b4:ea:01", *ends, "62")],
    ]


@pytest.mark.tshark
def test_flannel_uplink_has_the_outer_values_of_the_document(tshark):
    fields = ["eth.src", "eth.dst", "ip.ttl", "ip.flags.df", "udp.dstport", "vxlan.vni"]
    command = [
        tshark,
        "-n",
        *DECODE,
        "-r",
        str(SAMPLES / "flannel-vxlan" / "node1_eth0.pcap"),
        "-Y",
        "ip.src==10.100.0.2",
    ]
    chosen = [option for field in fields for option in ("-e", field)]
    shown = subprocess.run(
        [*command, "-Tfields", "-Eoccurrence=f", *chosen], check=True, capture_output=True, text=True
    )
    assert set(shown.stdout.splitlines()) == {"00:0c:29:bc:fe:d8\t00:0c:29:56:e7:1b\t64\t0\t8472\t1"}


@pytest.mark.tshark
def test_calico_walk_has_the_values_of_the_document(tshark):
    folder = SAMPLES / "calico-ipip"
    syn = "tcp.flags.syn==1 && tcp.flags.ack==0 && ip.dst==10.200.151.205"
    shown = {
        point: rows(tshark, folder / f"{point}.pcap", "eth.dst", "ip.ttl", "tcp.dstport", only=syn)
        for point in ("node1_cali2b2e7c9e43e", "node1_tunl0", "node2_tunl0", "node2_cali32ecf57bfbe")
    }
    assert shown == {
        "node1_cali2b2e7c9e43e": [("ee:ee:ee:ee:ee:ee", "64", "80")],
        "node1_tunl0": [("", "63", "80")],
        "node2_tunl0": [("", "63", "80")],
        "node2_cali32ecf57bfbe": [("f2:50:98:b4:ea:01", "62", "80")],
    }


@pytest.mark.tshark
def test_outer_ttl_of_ipip_is_the_inner_one_and_of_vxlan_64(tshark):
    ttl = {
        name: set(rows(tshark, SAMPLES / name / "node1_eth0.pcap", "ip.ttl", only=f"ip.proto=={protocol}"))
        for name, protocol in (("calico-ipip", 4), ("flannel-vxlan", 17))
    }
    assert ttl == {"calico-ipip": {("63",)}, "flannel-vxlan": {("63",)}}


@pytest.mark.tshark
def test_lost_syn_is_sent_again_after_1_2_and_4_seconds_with_a_new_ip_id(tshark):
    file = SAMPLES / "flannel-vxlan-vni-mismatch" / "web-1_eth0.pcap"
    syns = rows(tshark, file, "frame.time_relative", "tcp.seq_raw", "ip.id", only="tcp.flags.syn==1")
    times = [float(time) for time, _, _ in syns]
    assert [round(later - earlier) for earlier, later in pairwise(times)] == [1, 2, 4]
    assert [len({sequence for _, sequence, _ in syns}), len({each for _, _, each in syns})] == [1, 4]


@pytest.mark.tshark
def test_unanswered_dns_query_is_asked_again_after_5_seconds(tshark):
    file = SAMPLES / "flannel-vxlan-vni-mismatch" / "web-1_eth0.pcap"
    queries = rows(tshark, file, "frame.time_relative", "dns.id", "udp.srcport", only="dns")
    assert round(float(queries[1][0]) - float(queries[0][0])) == 5
    assert queries[0][1:] == queries[1][1:]


@pytest.mark.tshark
def test_wrong_vni_reaches_the_uplink_and_not_the_vtep(tshark):
    folder = SAMPLES / "flannel-vxlan-vni-mismatch"
    from_web = "ip.src==10.100.0.2"
    assert len(rows(tshark, folder / "node2_eth0.pcap", "ip.src", only=from_web)) > 10
    assert rows(tshark, folder / "node2_flannel.1.pcap", "ip.src", only=from_web) == []


@pytest.mark.tshark
def test_capture_of_any_keeps_the_index_of_the_interface(tmp_path, tshark):
    folder = sample_variants.any_files(tmp_path)
    topology = yaml.safe_load((folder / "topology.yaml").read_text(encoding="utf-8"))
    known = {str(each["ifindex"]) for each in topology["nodes"]["node1"]["interfaces"].values()}
    assert {index for (index,) in rows(tshark, folder / "node1_any.pcap", "sll.ifindex")} == known


@pytest.mark.tshark
def test_every_interface_of_the_pcapng_has_its_name(tmp_path, tshark):
    file = sample_variants.one_pcapng(tmp_path) / "all.pcapng"
    shown = set(rows(tshark, file, "frame.interface_name"))
    names = {"eth0", "flannel.1", "cni0", "veth1f6c2a90", "veth83d07be4"}
    assert shown == {(name,) for name in names}


def test_equal_runs_give_equal_bytes(tmp_path):
    sample = make.load("flannel-vxlan")
    sample.write(tmp_path / "flannel-vxlan")
    once = contents(tmp_path / "flannel-vxlan")
    sample.write(tmp_path / "flannel-vxlan")
    assert contents(tmp_path / "flannel-vxlan") == once


def test_samples_are_small():
    sizes = [file.stat().st_size for file in Path(SAMPLES).rglob("*.pcap")]
    assert max(sizes) < 20_000


def test_rewritten_packet_stays_so_at_the_hops_behind():
    def masquerade(frame):
        return replace(frame, content=replace(frame.content, source="10.100.0.0"))

    network = Network()
    network.rewrite("node1_flannel.1.pcap", masquerade)
    network.at(START, Ping(network, flannel(), WEB, DB, START, count=1).begin)
    network.run()
    assert sources(network, "node1_cni0.pcap") == {"10.100.0.2"}
    assert sources(network, "db-0_eth0.pcap") == {"10.100.0.0"}


def test_clock_of_a_node_may_differ():
    ahead = replace(make.load("flannel-vxlan"), clocks={"node2": SECOND})
    first = [
        min(sighting.time for sighting in network.sightings[point])
        for sample in (make.load("flannel-vxlan"), ahead)
        for cluster, network, _ in [sample.run()]
        for point in cluster.points()
        if point.file == "node2_cni0.pcap"
    ]
    assert first[1] - first[0] == SECOND


@pytest.mark.tshark
def test_service_is_translated_between_the_bridge_and_the_tunnel(tshark):
    folder = SAMPLES / "flannel-clusterip"
    syn = "tcp.flags.syn==1 && tcp.flags.ack==0 && (ip.dst==10.96.0.20 || ip.dst==10.100.1.2)"
    shown = [
        rows(tshark, folder / f"{point}.pcap", "ip.src", "ip.dst", only=syn)[-1]
        for point in ("web-1_eth0", "node1_cni0", "node1_flannel.1", "db-0_eth0")
    ]
    asked, translated = ("10.100.0.2", "10.96.0.20"), ("10.100.0.2", "10.100.1.2")
    assert shown == [asked, asked, translated, translated]


@pytest.mark.tshark
def test_answer_of_a_service_comes_from_its_address(tshark):
    answers = rows(
        tshark, SAMPLES / "flannel-clusterip" / "web-1_eth0.pcap", "ip.src", only="dns.flags.response==1"
    )
    assert answers[-1] == ("10.96.0.10",)


@pytest.mark.tshark
def test_client_of_a_node_port_is_seen_as_the_node_that_it_asked(tshark):
    syn = "tcp.flags.syn==1 && tcp.flags.ack==0 && ip.dst==10.100.1.2 && ip.ttl<60"
    folder = SAMPLES / "flannel-nodeport"
    assert rows(tshark, folder / "db-0_eth0.pcap", "ip.src", "ip.ttl", only=syn) == [
        ("10.100.0.0", "55"),
        ("10.100.1.1", "56"),
    ]


@pytest.mark.tshark
def test_node_masquerades_what_leaves_the_cluster(tshark):
    folder = SAMPLES / "flannel-external"
    outside = "ip.dst==203.0.113.10"
    assert set(rows(tshark, folder / "node1_eth0.pcap", "ip.src", only=outside)) == {("192.168.186.128",)}


@pytest.mark.tshark
def test_ovn_says_in_an_option_that_is_critical_where_a_packet_goes(tshark):
    fields = ("geneve.vni", "geneve.flags.critical", "geneve.option.class")
    shown = rows(tshark, SAMPLES / "ovn-geneve" / "node1_eth0.pcap", *fields, only="geneve")
    assert {row[1:] for row in shown} == {("1", "0x0102")}
    assert len({vni for vni, _, _ in shown}) == 2


@pytest.mark.tshark
def test_copy_of_a_doubled_packet_has_the_ip_ids_of_the_first(tshark):
    uplink = SAMPLES / "flannel-vxlan-duplicates" / "node2_eth0.pcap"
    pairs = rows(tshark, uplink, "ip.id", "icmp.seq", only="icmp.type==8 && ip.dst==10.100.1.2")
    twice = [pair for pair in set(pairs) if pairs.count(pair) == 2]
    assert len(twice) >= 3


def test_dual_stack_pod_has_an_address_of_each_family():
    topology = load_topology(SAMPLES / "flannel-vxlan-dualstack" / "topology.yaml")
    assert topology.pods[WEB].addresses == ("10.100.0.2", "fd00:10:100::2")
    assert set(topology.nodes["node1"].interfaces) >= {"flannel.1", "flannel-v6.1"}
