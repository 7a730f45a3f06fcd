"""What a schema cannot tell about a rule file."""

import pytest

from pcapcheck.check.extend import extend
from pcapcheck.check.lint import lint
from pcapcheck.check.rulefile import read_rule_file
from pcapcheck.documents.document import Document

RULE = "because: why, fix: how, references: [RFC 1], title: T, at: uplink"
TEST = "{capture: x, outcome: fail, change: {ip.ttl: 1}}"
GOOD = f"""\
profile: demo
title: Demo
parameters: {{port: {{type: integer, default: 8472}}}}
decode_as: [{{udp.port: $port, as: vxlan}}]
detect: [{{at: uplink, when: {{form: vxlan, udp.dstport: $port}}}}]
traits: {{tunnel: vxlan, tunnel_port: $port}}
rules:
  - {{id: demo/a, {RULE}, given: {{port: 8472}}, diagnosis: vni-mismatch, expect: {{vxlan.vni: 1}}}}
  - {{id: demo/b, {RULE}, when: {{ip.ttl: 1}}, never: true, tests: [{TEST}]}}
interfaces: [{{name: 'demo(?P<port>\\d+)', role: vtep, kind: vxlan}}]
sources: {{Demo: {{repository: demo/demo, version: v1, read_for: "1"}}}}
"""


def mistakes(text):
    document = Document.parse(text, "demo.yaml")
    profile = extend([read_rule_file(document)])
    return [str(each) for each in lint(document, profile, ("vni-mismatch",))]


def test_right_file_has_no_mistakes():
    assert mistakes(GOOD) == []


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("demo/b", "demo/a", "`demo/a` is here twice"),
        ("\\d+)", "\\d+", "is not a regular expression: missing )"),
        ("?P<port>", "?P<prot>", "did you mean `port`?"),
        ("kind: vxlan", "kind: vxlam", "did you mean `vxlan`?"),
        ("demo/b", "other/b", "write `demo/b`"),
        ("[RFC 1]", "['Demoo src/a.c: main']", "did you mean `Demo`?"),
        ("id: demo/b,", "id: demo/b, formerly: [demo/a],", "`demo/a` is the id of a rule"),
        ("diagnosis: vni-mismatch", "diagnosis: vni-mismach", "did you mean `vni-mismatch`?"),
        ("given: {port", "given: {prot", "did you mean `port`?"),
        ("expect: {vxlan.vni: 1}", "expect: {vxlan.vin: 1}", "did you mean `vxlan.vni`?"),
        ("expect: {vxlan.vni: 1}", "expect: {vxlan.vni: $prot}", "did you mean `port`?"),
        ("expect: {vxlan.vni: 1}", "expect: {vxlan.vni: 10.0.0.1}", "give a number"),
        ("when: {ip.ttl: 1}", "when: {ip.tll: 1}", "did you mean `ip.ttl`?"),
        ("change: {ip.ttl: 1}", "change: {ip.tll: 1}", "did you mean `ip.ttl`?"),
        ("udp.dstport: $port}", "udp.dsport: $port}", "did you mean `udp.dstport`?"),
        ("as: vxlan", "as: vxlam", "did you mean `vxlan`?"),
        ("{udp.port: $port", "{udp.prot: $port", "did you mean `udp.port`?"),
        ("{udp.port: $port", "{udp.port: $prot", "did you mean `port`?"),
        ("tunnel_port: $port", "tunnel_port: $prot", "did you mean `port`?"),
        (
            "title: Demo\n",
            "title: Demo\ndrop: [flannel/x]\n",
            "is not a rule of any profile that this one extends",
        ),
    ],
)
def test_mistake_is_found(before, after, says):
    found = mistakes(GOOD.replace(before, after, 1))
    assert any(says in each for each in found), found


def test_mistake_is_shown_at_its_place():
    (found,) = mistakes(GOOD.replace("vxlan.vni: 1", "vxlan.vin: 1"))
    assert found.startswith("demo.yaml:8:")
