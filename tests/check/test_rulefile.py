"""A rule file as it is written becomes plain data, or an error at its place."""

import pytest

from pcapcheck.check.finding import Severity
from pcapcheck.check.matchers import Literal, Variable
from pcapcheck.check.rulefile import read_rule_file
from pcapcheck.documents.document import Document
from pcapcheck.errors import InputError

RULE = """
  - id: demo/vni
    title: VXLAN carries the VNI
    at: uplink
    side: source
    form: vxlan
    traffic: [pod-to-pod, cross-node]
    given: {key: 0..9, mode: [a, b], on: true}
    when: {form: vxlan}
    expect: {vxlan.vni: $vni}
    diagnosis: vni-mismatch
    because: why
    fix: how
    references: [RFC 7348]
    tests:
      - {capture: samples/demo, outcome: pass}
      - {capture: samples/demo, change: {vxlan.vni: 7}, at: uplink, outcome: fail}
"""


def read(text):
    return read_rule_file(Document.parse("profile: demo\ntitle: Demo\n" + text, "demo.yaml"))


def read_rule(text):
    return read(
        f"rules:\n  - {{id: demo/one, title: One, because: why, fix: how, references: [RFC 1], {text}}}\n"
    ).rules[0]


def test_rule_has_what_its_entry_says():
    rule = read(f"rules:{RULE}").rules[0]
    assert (rule.id, rule.at, rule.side, rule.form, rule.severity) == (
        "demo/vni",
        ("uplink",),
        "source",
        ("vxlan",),
        Severity.ERROR,
    )
    assert (rule.when, rule.expect) == (
        {"form": Literal("vxlan", "vxlan")},
        {"vxlan.vni": Variable("vxlan.vni", "vni")},
    )


def test_traffic_is_split_into_who_and_where():
    rule = read(f"rules:{RULE}").rules[0]
    assert (rule.who, rule.where) == (("pod-to-pod",), ("cross-node",))


def test_rule_knows_its_line():
    assert str(read(f"rules:{RULE}").rules[0].place) == "demo.yaml:4:5"


def test_tests_of_a_rule_keep_values_as_written():
    first, second = read(f"rules:{RULE}").rules[0].tests
    assert (first.outcome, first.change) == ("pass", {})
    assert (second.outcome, second.change, second.at) == ("fail", {"vxlan.vni": 7}, ("uplink",))


def test_file_without_parts_is_empty():
    file = read("")
    assert (file.rules, file.detect, file.paths, file.shared, file.extends) == ((), None, {}, False, ())


def test_path_keeps_roles_and_marks():
    file = read("paths:\n  same-node: [pod, {vtep: routed}, {uplink: [plain, optional]}]\n")
    assert file.paths["same-node"] == (("pod", ()), ("vtep", ("routed",)), ("uplink", ("plain", "optional")))


def test_clue_and_decode_as():
    file = read(
        "decode_as: [{udp.port: $port, as: vxlan}]\ndetect: [{at: uplink, when: {form: vxlan}, weight: 2}]\n"
    )
    assert (file.decode_as[0].table, file.decode_as[0].value, file.decode_as[0].protocol) == (
        "udp.port",
        "$port",
        "vxlan",
    )
    assert (file.detect[0].at, file.detect[0].weight) == (("uplink",), 2.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("at: uplnk, expect: {ip.ttl: 1}", "did you mean `uplink`?"),
        ("at: uplink, traffic: pod-to-pods, expect: {ip.ttl: 1}", "did you mean `pod-to-pod`?"),
        ("at: uplink, side: sender, expect: {ip.ttl: 1}", "is not known under `side`"),
        ("at: uplink, severity: fatal, expect: {ip.ttl: 1}", "use one of error, warning, info"),
        ("at: uplink", "has 0 of the keys"),
        ("at: uplink, never: true, when: {ip.ttl: 1}, expect: {ip.ttl: 1}", "has 2 of the keys"),
        ("at: uplink, never: true", "forbids every packet"),
        ("expect: {ip.ttl: 1}", "does not say at which hops"),
        ("assert: [once, delivered]", "has several values"),
    ],
)
def test_rule_without_sense_is_an_error(text, says):
    with pytest.raises(InputError, match=r"demo\.yaml:4:") as error:
        read_rule(text)
    assert says in str(error.value)


def test_assertion_needs_no_hops():
    assert read_rule("assert: delivered").assertion == "delivered"


@pytest.mark.parametrize("step", ["vteps", "{vtep: rooted}"])
def test_unknown_word_in_a_path_is_an_error(step):
    with pytest.raises(InputError, match="is not known in a path"):
        read(f"paths:\n  same-node: [{step}]\n")
