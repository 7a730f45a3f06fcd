"""Tunnels: every list of them comes from the table, and a new kind takes two files."""

import ast
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from generate_schemas import SCHEMA, generated, lists_of_tunnels
from networks import NODE1, NODE2, answer, ask
from packets import eth, ip, udp
from readings import write

import pcapcheck
from pcapcheck.check.rulereader import FORMS
from pcapcheck.check.rules import rules_directory
from pcapcheck.decode import registry
from pcapcheck.decode.tunnels import TUNNELS, tunnel_at

PACKAGE = Path(pcapcheck.__file__).parent
READERS = {
    "bind.any_capture",
    "check.rulereader",
    "collect.plan",
    "correlate.paths",
    "decode.stack",
    "diagnose.evidence.header_contradiction",
    "diagnose.evidence.one_outer_port",
    "diagnose.evidence.refused_by",
    "dumps.backend",
    "dumps.blocks",
    "dumps.iplink",
    "dumps.iptext",
    "infer.overlay",
    "infer.votes",
    "infer.trafficseen",
    "observe.kinds",
    "report.inspection",
    "report.summaries",
    "run.inspect",
    "topology.contradictions",
    "topology.devices",
}
# The hardware types of devices (ARPHRD) have the names that some tunnels have; they are no list of tunnels.
OF_DEVICES = ("topology.devices", "bind.any_capture")
PROTOCOL = '''"""Xtun: an Ethernet frame in a UDP datagram, behind the number of a segment."""

from pcapcheck.decode.field import Field, Protocol

PROTOCOL = Protocol(
    name="xtun",
    length=4,
    fields=(Field("xtun.segment", 0, ">u4"),),
    within={"udp.port": (7777,)},
    carries=0x6558,
    table="eth.type",
)
'''
ROW = """    Tunnel(
        name="xtun",
        layers=("xtun",),
        in_udp=True,
        port=UDP_PORT,
        port_parameter="xtun_port",
        id="xtun.segment",
        id_name="segment",
        id_parts=(IdPart("segment"),),
        frames=True,
        overhead=46,
        devices=("xtun",),
    ),
"""
RULES = """profile: xtun
title: Pods in Xtun
extends: [l2-overlay]
parameters:
  segment: {type: integer, about: the segment of the pods}
  xtun_port: {type: integer, default: 7777, about: UDP port of the tunnel}
detect:
  - {at: uplink, when: {form: xtun}, some: true, weight: 2}
traits: {tunnel: xtun, tunnel_port: $xtun_port}
rules:
  - id: xtun/encapsulated
    title: Pod traffic travels between nodes in Xtun
    at: uplink
    traffic: [pod-to-pod, cross-node]
    expect: {form: xtun, udp.dstport: $xtun_port}
    severity: error
    because: The network between the nodes knows no pod addresses.
    fix: Send pod traffic into the tunnel.
    references: [a test]
  - id: xtun/segment
    title: The segment is the configured one
    at: uplink
    when: {form: xtun}
    expect: {xtun.segment: $segment}
    severity: error
    because: Another segment is another network.
    fix: Give all nodes the same segment.
    references: [a test]
"""
TOPOLOGY = """cluster: {cni: xtun, pod_cidr: 10.244.0.0/16}
nodes:
  node1: {addresses: [192.168.10.1], interfaces: {eth0: {kind: uplink}, xtun0: {kind: vtep, type: xtun}}}
  node2: {addresses: [192.168.10.2], interfaces: {eth0: {kind: uplink}, xtun0: {kind: vtep, type: xtun}}}
pods:
  default/web-1: {node: node1, address: 10.244.1.5}
  default/db-0: {node: node2, address: 10.244.2.5}
"""


@cache
def modules():
    """Return every module of the package by its dotted name, as it was parsed."""
    return {
        ".".join(file.relative_to(PACKAGE).with_suffix("").parts): ast.parse(file.read_text(encoding="utf-8"))
        for file in sorted(PACKAGE.rglob("*.py"))
    }


def literals(tree):
    """Yield the texts that stand directly in each list, tuple, set or dictionary that a module writes out."""
    for node in ast.walk(tree):
        parts = []
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            parts = node.elts
        elif isinstance(node, ast.Dict):
            parts = [*node.keys, *node.values]
        yield {part.value for part in parts if isinstance(part, ast.Constant)}


def test_every_list_of_tunnels_comes_from_the_table():
    words = {each.name for each in TUNNELS} | {each.id for each in TUNNELS if each.id}
    ours = ("decode.tunnels", "decode.protocols.", *OF_DEVICES)
    others = {name: tree for name, tree in modules().items() if not name.startswith(ours)}
    lists = {(name, *sorted(found & words)) for name, tree in others.items() for found in literals(tree)}
    assert {each for each in lists if len(each) > 2} == set()


def test_these_modules_read_the_table():
    imports = {
        name: {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        for name, tree in modules().items()
    }
    assert {name for name, found in imports.items() if "pcapcheck.decode.tunnels" in found} == READERS


def test_names_are_unique_and_layers_and_fields_are_known():
    names = [each.name for each in TUNNELS]
    assert len(set(names)) == len(names)
    layers = {layer for each in TUNNELS for layer in (*each.layers, each.after, each.before)} - {""}
    assert layers <= {each.name for each in registry.protocols()}
    assert {each.id for each in TUNNELS if each.id} <= registry.fields().keys()
    assert {each.port for each in TUNNELS if each.port} <= registry.fields().keys()


def test_a_device_belongs_to_one_tunnel():
    devices = [device for each in TUNNELS for device in (*each.devices, *each.devices_ipv6)]
    assert len(set(devices)) == len(devices)


@pytest.mark.parametrize(
    ("layers", "name"),
    [
        (("ip", "gre", "ip"), "gre"),
        (("ip", "gre", "eth"), "nvgre"),
        (("ip", "gre", "erspan"), "erspan"),
        (("udp", "ip", "tcp"), "fou"),
        (("ip", "ipv6", "tcp"), "ipip"),
    ],
)
def test_kinds_that_share_a_layer_are_told_apart_by_the_layers_around_it(layers, name):
    assert tunnel_at(*layers).name == name


def test_other_layers_are_no_tunnel():
    assert tunnel_at("ip", "tcp", "") is None


def test_the_schema_of_rule_files_names_the_tunnels_of_the_table():
    found = lists_of_tunnels(SCHEMA.read_text(encoding="utf-8"))
    assert [old for _, old, _ in found] == [new for _, _, new in found]
    assert list(FORMS) in [old for _, old, _ in found]


def test_a_schema_that_lacks_a_tunnel_is_completed():
    text = '{"enum": [\n  "plain",\n  "vxlan",\n  "ipip"\n ], "required": ["vxlan"]}'
    assert json.loads(generated(text)) == {"enum": list(FORMS), "required": ["vxlan"]}


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """Return a folder with a copy of the package that knows a new kind of tunnel, and captures of it."""
    folder = tmp_path_factory.mktemp("extended")
    shutil.copytree(PACKAGE, folder / "pcapcheck", ignore=shutil.ignore_patterns("__pycache__"))
    if not (folder / "pcapcheck" / "rules").is_dir():
        shutil.copytree(rules_directory(), folder / "rules")
    (folder / "pcapcheck" / "decode" / "protocols" / "xtun.py").write_text(PROTOCOL, encoding="utf-8")
    table = folder / "pcapcheck" / "decode" / "tunnels.py"
    before, rows, after = table.read_text(encoding="utf-8").partition("\nTUNNELS: Final = (\n")
    table.write_text(before + rows + after.replace("\n)\n", f"\n{ROW})\n", 1), encoding="utf-8")
    run(folder, str(Path(__file__).parents[1] / "generate_schemas.py"))
    (folder / "xtun.yaml").write_text(RULES, encoding="utf-8")
    (folder / "topology.yaml").write_text(TOPOLOGY, encoding="utf-8")
    capture = folder / "captures"
    capture.mkdir()
    packets = [part for at in range(4) for part in (sent(ask(seq=at)), returned(answer(seq=1000 + at)))]
    write(capture, {"node1_eth0.pcap": packets, "node2_eth0.pcap": packets})
    return folder


def sent(frame, source=NODE1, destination=NODE2):
    datagram = udp((5).to_bytes(4) + frame, dport=7777)
    return eth(ip(datagram, src=source, dst=destination))


def returned(frame):
    return sent(frame, NODE2, NODE1)


def run(folder, *command):
    """Run Python with the package in a folder; return what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    ran = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_a_new_kind_takes_two_files_and_inspect_shows_it(extended):
    assert "xtun, UDP port 7777, segment 5" in run(extended, "-m", "pcapcheck", "inspect", "captures")


def test_flows_in_a_new_kind_are_found(extended):
    [head, row] = run(extended, "-m", "pcapcheck", "flows", "captures", "--format", "csv").splitlines()
    flow = dict(zip(head.split(","), row.split(","), strict=True))
    assert (flow["flow"], flow["forms"]) == ("tcp/10.244.1.5:40000-10.244.2.5:80", "xtun")


def test_parameters_of_a_new_kind_are_learned_from_captures(extended):
    report = checked(extended)
    assert report["verdict"] == "conformant"
    assert "xtun/segment" in report["coverage"]["rules"]["exercised"]


def test_rules_about_a_new_kind_are_checked(extended):
    report = checked(extended, "--topology", "topology.yaml", "--set", "segment=6")
    assert {(each["rule"], each["hop"]["form"]) for each in report["findings"]} == {("xtun/segment", "xtun")}
    assert "xtun/encapsulated" in report["coverage"]["rules"]["exercised"]
    assert report["flows"][0]["flow"] == "tcp/10.244.1.5:40000-10.244.2.5:80"


def checked(folder, *options):
    command = ("check", "captures", "--profile", "xtun.yaml", "--exit-zero", "--format", "json", *options)
    return json.loads(run(folder, "-m", "pcapcheck", *command))
