"""What grows is found by looking into a folder: each test adds one thing to a copy of the package.

A thing that needs a second file, or a line in a list, makes its test fail.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from captures_build import pcap, record
from linuxhosts import link
from networks import NODE1, NODE2, answer, ask
from packets import eth, ip, udp, vxlan
from readings import write

REPOSITORY = Path(__file__).parents[1]
SAMPLES = REPOSITORY / "samples"
HEALTHY, BROKEN = SAMPLES / "flannel-vxlan", SAMPLES / "flannel-vxlan-vni-mismatch"

FORMAT = '''"""A report format that somebody added."""

SUFFIX = ".new"


def write(report):
    """Yield the verdict."""
    yield f"new: {report.verdict}\\n"
'''
COMMAND = '''"""A command that somebody added."""

import click


@click.command()
def command() -> int:
    """Say hello."""
    click.echo("hello")
    return 7
'''
PROTOCOL = '''"""A protocol that somebody added."""

from pcapcheck.decode.field import Field, Protocol

PROTOCOL = Protocol(
    name="tftp",
    length=4,
    fields=(Field("tftp.opcode", 0, ">u2"), Field("tftp.block", 2, ">u2")),
    within={"udp.port": (69,)},
)
'''
LINK_TYPE = '''"""A link type that somebody added: a counter, then IPv4."""

from pcapcheck.decode.field import Field, LinkType, Protocol

PROTOCOL = Protocol(
    name="counted",
    length=4,
    fields=(Field("counted.number", 0, ">u4"),),
    link_types={147: LinkType("counted IP", cooked=True)},
    carries=0x0800,
    table="eth.type",
)
'''
LINKTYPE_USER0 = 147
CNI = r"""profile: acme
title: A CNI that somebody added
extends: [pod-bridge]
parameters:
  vxlan_port: {type: integer, default: 7789, about: UDP port of every VTEP}
decode_as: [{udp.port: $vxlan_port, as: vxlan}]
interfaces:
  - {name: 'acme(?P<unique>[0-9a-f]{8})', role: veth, kind: veth}
  - {name: 'acme-tunnel\d+', role: vtep, kind: vxlan, rank: 11}
detect: [{at: uplink, when: {form: vxlan, udp.dstport: $vxlan_port}, some: true, weight: 4}]
traits: {tunnel: vxlan, tunnel_port: $vxlan_port}
paths:
  cross-node: [pod, veth, bridge, {vtep: routed}, uplink, uplink, vtep, {bridge: routed}, veth, pod]
rules:
  - id: acme/encapsulated
    title: Pod traffic travels between nodes in VXLAN
    at: uplink
    traffic: [pod-to-pod, cross-node]
    expect: {form: vxlan}
    severity: error
    because: It is a test.
    fix: Take it out again.
    references: [RFC 7348]
"""
RULE = """
  - id: kubernetes/added
    title: A rule that somebody added
    at: [uplink]
    expect: {udp.dstport: 1}
    severity: error
    because: It is a test.
    fix: Take it out again.
    references: [RFC 768]
"""
CAUSE = """id: added
title: A root cause that somebody added
rank: header
blame: sender
needs: [{evidence: header_contradiction, field: [vxlan.vni], at: uplink}]
device: [vtep]
explains: node
confidence: 0.99
explanation: "{node} sends {actual}."
confirm: []
fix: Take it out again.
references: [RFC 7348]
"""


@pytest.fixture
def copy(tmp_path):
    """Return a folder with a copy of the package and of its rules."""
    without = shutil.ignore_patterns("__pycache__")
    for name in ("pcapcheck", "rules"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=without)
    return tmp_path


def pcapcheck(copy, *words):
    """Run the command line of the copy; return its exit status and its output."""
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    command = [sys.executable, "-m", "pcapcheck", *map(str, words)]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def test_report_format_is_one_file(copy):
    (copy / "pcapcheck/report/formats/new.py").write_text(FORMAT)
    assert pcapcheck(copy, "check", HEALTHY, "--format", "new") == (0, "new: conformant\n")
    assert pcapcheck(copy, "check", BROKEN, "-o", copy / "report.new") == (1, "")
    assert (copy / "report.new").read_text() == "new: violations\n"
    assert " new, " in " ".join(pcapcheck(copy, "check", "--help")[1].split())


def test_command_is_one_file(copy):
    (copy / "pcapcheck/commands/hello.py").write_text(COMMAND)
    assert pcapcheck(copy, "hello") == (7, "hello\n")
    assert "Say hello." in pcapcheck(copy, "--help")[1]


def test_protocol_is_one_file(copy):
    (copy / "pcapcheck/decode/protocols/tftp.py").write_text(PROTOCOL)
    (copy / "x.pcap").write_bytes(pcap(record(eth(ip(udp(b"\0\3\0\5data", dport=69))))))
    words = ("fields", "x.pcap", "-e", "tftp.opcode", "-e", "tftp.block")
    assert pcapcheck(copy, *words) == (0, "tftp.opcode,tftp.block\n3,5\n")
    assert "tftp.block" in pcapcheck(copy, "rules", "fields")[1]


def test_rule_is_an_entry_in_one_file(copy):
    file = copy / "rules/kubernetes.yaml"
    file.write_text(file.read_text().replace("\nrules:", f"\nrules:{RULE.rstrip()}"))
    status, text = pcapcheck(copy, "check", HEALTHY, "--format", "json")
    assert (status, {each["rule"] for each in json.loads(text)["findings"]}) == (1, {"kubernetes/added"})
    assert "A rule that somebody added" in pcapcheck(copy, "explain", "kubernetes/added")[1]


def test_root_cause_is_one_file(copy):
    (copy / "rules/diagnoses/added.yaml").write_text(CAUSE)
    status, text = pcapcheck(copy, "check", BROKEN, "--format", "json")
    assert (status, json.loads(text)["diagnoses"][0]["id"]) == (1, "added")
    assert "A root cause that somebody added" in pcapcheck(copy, "explain", "added")[1]


def test_link_type_is_one_file(copy):
    (copy / "pcapcheck/decode/protocols/counted.py").write_text(LINK_TYPE)
    (copy / "captures").mkdir()
    (copy / "captures/topology.yaml").write_text("nodes: {node1: {addresses: [10.0.0.1]}}\n")
    packets = [number.to_bytes(4) + ip(udp(b"data", dport=69), src="10.0.0.1") for number in range(3)]
    write(copy / "captures", {"node1.pcap": packets}, linktype=LINKTYPE_USER0)
    shown = pcapcheck(copy, "inspect", "captures")[1]
    assert ("counted IP" in shown, "counted:ip:udp" in shown) == (True, True)
    assert points(copy) == {("node1", "any", "any")}


def test_cni_is_one_file(copy):
    (copy / "rules/acme.yaml").write_text(CNI)
    (copy / "captures").mkdir()
    packets = [_tunnelled(ask(), NODE1, NODE2), _tunnelled(answer(), NODE2, NODE1)]
    write(copy / "captures", {"node1_eth0.pcap": packets, "node2_eth0.pcap": packets})
    [profile] = checked(copy)["profiles"]
    assert (profile["name"], profile["evidence"]) == ("acme", "form vxlan, udp.dstport 7789 at uplink")


def test_names_that_a_cni_gives_to_interfaces_stand_in_its_file(copy):
    (copy / "rules/acme.yaml").write_text(CNI)
    (copy / "captures").mkdir()
    write(copy / "captures", {"node1_acme-tunnel1.pcap": [ask()], "node1_acme0a1b2c3d.pcap": [ask()]})
    assert points(copy) == {("node1", "acme-tunnel1", "vtep"), ("node1", "acme0a1b2c3d", "veth")}
    links = [link("eth0", 2, addresses=("10.0.0.1/24",)), link("acme-tunnel1", 3), link("acme0a1b2c3d", 4)]
    (copy / "dumps").mkdir()
    (copy / "dumps/node1_ip_addr.json").write_text(json.dumps(links))
    topology = pcapcheck(copy, "topology", "import", "dumps")[1]
    assert "profile: acme" in topology
    assert {"acme-tunnel1: {kind: vtep", "acme0a1b2c3d: {kind: veth"} <= {
        line.strip().partition(",")[0] for line in topology.splitlines()
    }


def _tunnelled(frame, source, destination):
    return eth(ip(udp(vxlan(frame, vni=77), dport=7789), src=source, dst=destination))


def checked(copy):
    """Return the report on the folder `captures`."""
    return json.loads(pcapcheck(copy, "check", "captures", "--format", "json")[1])


def points(copy):
    """Return (node, interface, role) of the captures in the folder `captures`."""
    return {
        tuple(each["point"][key] for key in ("node", "interface", "role"))
        for each in checked(copy)["captures"]
    }
