"""Bad input, as users see it: what is wrong, where, and what to do; exit status 2, and no report."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = {
    "text.pcap": b"this is no capture\n",
    "empty.pcap": b"",
    "odd.pcap": bytes(range(7, 80)),
    "topology.yaml": b"nodes:\n  node1:\n    interfaces:\n      eth0: {kind: uplnk}\n",
    "rules.yaml": b"profile: x\ntitle: X\nrules:\n  - id: x/y\n    title: t\n"
    b"    at: uplink\n    expect: {vxlan.vin: 1}\n"
    b"    because: b\n    fix: f\n    references: [r]\n",
    "known.sarif": b"{}",
}
SAMPLE = "samples/flannel-vxlan"
MISTAKES = {
    "no-such-file": ["check", "absent.pcap"],
    "no-capture": ["check", "text.pcap"],
    "nothing-readable": ["check", "text.pcap", "empty.pcap", "odd.pcap"],
    "no-match": ["check", "absent/*.pcap"],
    "topology": ["check", SAMPLE, "--topology", "topology.yaml"],
    "rules": ["check", SAMPLE, "--profile", "rules.yaml"],
    "profile": ["check", SAMPLE, "--profile", "flanel-vxlan"],
    "parameter": ["check", SAMPLE, "--set", "vnii=5"],
    "value": ["check", SAMPLE, "--set", "vni=many"],
    "rule": ["check", SAMPLE, "--require", "flannel-vxlan/vnii"],
    "filter": ["check", SAMPLE, "-Y", "ip.tttl=5"],
    "decode-as": ["check", SAMPLE, "-d", "udp.port=8472,vxlan"],
    "pod": ["check", SAMPLE, "--pod", "wbe-1"],
    "flow": ["trace", SAMPLE, "tcp/1.2.3.4:5-6.7.8.9:10"],
    "time": ["check", SAMPLE, "--since", "yesterday"],
    "format": ["check", SAMPLE, "--format", "jsn"],
    "baseline": ["check", SAMPLE, "--baseline", "known.sarif"],
    "output": ["check", SAMPLE, "-o", "absent/report.html"],
    "field": ["fields", SAMPLE, "-e", "ip.scr"],
    "explain": ["explain", "vni-mismach"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("bad")
    (made / "samples").symlink_to(ROOT / "samples")
    for name, content in FILES.items():
        (made / name).write_bytes(content)
    return made


@pytest.mark.parametrize("mistake", MISTAKES)
def test_bad_input(golden, folder, mistake):
    words = [sys.executable, "-m", "pcapcheck", *MISTAKES[mistake]]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stdout
    assert done.stdout == ""
    golden(f"bad_input/{mistake}.txt", done.stderr)
