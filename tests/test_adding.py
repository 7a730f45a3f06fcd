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
from packets import eth, ip, udp

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
