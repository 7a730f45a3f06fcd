"""Names and texts of strangers, through every command into every format: they appear, but do nothing.

The capture is a broken network's: a pcapng with hostile interfaces, comments, file name and DNS payload.
"""

import csv
import io
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from captures_build import enhanced, interface, option, section

from make import load
from sample import shown

ANSI = "\x1b[31mred\x1b]0;title\x07\x9b2J"
HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>"
TEXTS = f'{ANSI} {HTML} a,b;"c"|`d` =1+1\n::error::obey\r\n##[group]x\u202egnp.exe'
NAMES = ("eth0", "flannel.1", "cni0")  # interfaces that stay what they are, so that something is judged
UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def hostile(folder, profile="flannel-vxlan-vni-mismatch"):
    """Write one pcapng of all points of a sample, and return its path."""
    cluster, network, _ = load(profile).run()
    points = cluster.points()
    parts = [section(option(1, TEXTS.encode()), option(4, TEXTS.encode()))]
    for point in points:
        owner = point.owner.rpartition("/")[2]
        evil = f"{owner}{HTML.replace('/', '')}" if owner == "node2" else owner
        label = f"k8s.podName={owner};k8s.namespace=default" if point.role == "pod" else f"k8s.node={evil}"
        name = (
            point.interface
            if point.interface in NAMES or point.role == "pod"
            else f"{point.interface}{TEXTS}"
        )
        options = [option(2, name.encode()), option(3, label.encode()), option(1, TEXTS.encode())]
        parts.append(interface(*options, option(11, b"\0" + TEXTS.encode()), option(15, TEXTS.encode())))
    for number, point in enumerate(points):
        for sighting in network.sightings[point]:
            data = shown(sighting).replace(b"\x05cache", b"\x1b[2J<")
            parts.append(enhanced(data, option(1, TEXTS.encode()), interface=number, ticks=sighting.time))
    path = folder / f"x{ANSI}<b>,\n::error::x.pcapng"
    path.write_bytes(b"".join(parts))
    return path


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    return hostile(tmp_path_factory.mktemp("hostile"))


def run(*words):
    """Run a command; its two outputs must hold nothing that acts on a terminal."""
    command = [sys.executable, "-m", "pcapcheck", *map(str, words)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    text = done.stdout.decode("utf-8")
    assert UNPRINTABLE.search(text) is None, UNPRINTABLE.search(text)
    assert UNPRINTABLE.search(done.stderr.decode("utf-8")) is None
    return done.returncode, text


def no_order(text):
    """Return the lines that a runner of GitHub would obey."""
    return [line for line in text.splitlines() if re.match(r"\s*(::|##\[)", line)]


def test_the_fault_is_found_in_spite_of_all(capture):
    status, text = run("check", capture, "-v")
    assert status == 1
    assert "vni-mismatch" in text.splitlines()[0] or "VNI" in text.splitlines()[0]
    assert "node2<script>" in text  # the name is shown, as text
    assert no_order(text) == []


@pytest.mark.parametrize(
    "words",
    [
        *(("check", "-q"), ("check", "-qq"), ("check", "-vv"), ("check", "--color", "never", "-v")),
        *(("inspect",), ("flows",), ("flows", "--format", "json"), ("inspect", "--format", "json")),
        *(("fields", "-e", "ip.src", "-e", "vxlan.vni"), ("verify", "--packets", "20")),
    ],
)
def test_every_command_prints_what_prints(capture, words):
    _, text = run(words[0], capture, *words[1:])
    assert text
    assert no_order(text) == []


def test_trace_shows_names_as_text(capture):
    status, text = run("trace", capture, "1")
    assert status == 0
    assert "\\x1b[31m" in text or "node2<script>" in text


def test_what_is_learnt_is_a_rule_file(tmp_path):
    capture = hostile(tmp_path, "flannel-vxlan")
    status, text = run("learn", capture)
    assert status == 0
    (tmp_path / "learnt.yaml").write_text(text)
    assert run("rules", "lint", tmp_path / "learnt.yaml")[0] == 0


def test_mistakes_name_files_as_text(tmp_path):
    assert run("check", tmp_path / f"absent{ANSI}")[0] == 2
    assert run("topology", "check", tmp_path / f"absent{ANSI}.yaml")[0] == 2
    assert run("rules", "lint", tmp_path / f"absent{ANSI}.yaml")[0] == 2


def test_dumps_of_strangers_become_a_topology_file(tmp_path):
    row = {
        "ifname": f"eth0{TEXTS}",
        "ifindex": 2,
        "mtu": 1500,
        "link_type": "ether",
        "address": "02:00:00:00:00:01",
    }
    row["addr_info"] = [{"local": "10.0.0.5", "prefixlen": 24, "scope": "global"}]
    pod = {"kind": "Pod", "metadata": {"name": f"web{TEXTS}", "namespace": "a: b"},
           "spec": {"nodeName": f"n{TEXTS}"}, "status": {"podIP": "10.244.0.5"}}  # fmt: skip
    (tmp_path / "n1.json").write_text(json.dumps({"ip -j addr": [row], "ip -j link": [row]}))
    (tmp_path / "pods.json").write_text(json.dumps({"kind": "List", "items": [pod]}))
    status, text = run("topology", "import", tmp_path)
    assert status == 0
    (tmp_path / "made.yaml").write_text(text)
    assert run("topology", "check", tmp_path / "made.yaml")[0] in (0, 1)


def test_diff_and_extract_survive(capture, tmp_path):
    assert run("diff", Path(__file__).parents[1] / "samples" / "flannel-vxlan", capture)[0] == 1
    assert run("extract", capture, "-o", tmp_path / "e.pcapng")[0] == 0
    assert run("extract", capture, "--anonymise", "-o", f"{tmp_path}/a/")[0] == 0
    names = [each.name for each in (tmp_path / "a").iterdir()]
    assert all(UNPRINTABLE.search(each) is None and "<" not in each for each in names)


def test_json_is_json(capture):
    document = json.loads(run("check", capture, "--format", "json")[1])
    assert any("<script>" in str(each["point"]) for each in document["captures"])


def test_csv_has_no_formula_and_one_row_a_flow(capture):
    rows = list(csv.reader(io.StringIO(run("flows", capture, "--format", "csv")[1])))
    assert len({len(row) for row in rows}) == 1
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))] == []


def test_junit_and_sarif_are_what_they_say(capture):
    assert fromstring(run("check", capture, "--format", "junit")[1]).tag in ("testsuites", "testsuite")
    runs = json.loads(run("check", capture, "--format", "sarif")[1])["runs"]
    assert runs[0]["results"]


def test_github_obeys_our_lines_only(capture):
    text = run("check", capture, "--format", "github")[1]
    orders = no_order(text)
    assert orders
    assert all(re.match(r"::(error|warning|notice) (file=[^,]*,line=\d+,)?title=", line) for line in orders)


def test_markdown_has_no_element_of_a_stranger(capture):
    text = run("check", capture, "--format", "markdown")[1]
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    assert re.findall(r"<(?!/?(?:details|summary|br|sub)\b)\w+", outside) == []


class Elements(HTMLParser):
    """Counts elements, and keeps attributes that would act."""

    def __init__(self):
        super().__init__()
        self.tags, self.acting = {}, []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.acting += [
            name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")
        ]


def elements(text):
    parser = Elements()
    parser.feed(text)
    return parser


def test_html_has_no_element_of_a_stranger(capture, tmp_path):
    _, text = run("check", capture, "--format", "html")
    found = elements(text)
    plain = elements(
        run("check", Path(__file__).parents[1] / "samples/flannel-vxlan-vni-mismatch", "--format", "html")[1]
    )
    assert found.acting == plain.acting == []
    assert found.tags["script"] == plain.tags["script"]
    assert "img" not in found.tags
    assert "b" not in found.tags or found.tags["b"] == plain.tags.get("b")
