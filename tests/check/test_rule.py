"""A rule: what it reads, and which traffic it is about."""

from pcapcheck.check.finding import Severity
from pcapcheck.check.matchers import Literal, Other, Variable
from pcapcheck.check.rule import Rule
from pcapcheck.documents.events import Place

ONE = Literal(1, "1")


def rule(**keys):
    return Rule("demo/rule", "A rule", Severity.ERROR, "why", "fix", ("RFC 1",), Place("demo.yaml"), **keys)


def test_rule_reads_the_fields_of_when_and_expect_and_of_their_matchers():
    expect = {"stack": ONE, "ip.ttl": Other("ip.ttl", "inner.ip.ttl", 0)}
    assert rule(when={"form": ONE, "ip.src": ONE}, expect=expect).fields == (
        "ip.src",
        "ip.ttl",
        "inner.ip.ttl",
    )


def test_rule_tells_its_variables_once():
    vni = Variable("vxlan.vni", "vni")
    assert rule(when={"vxlan.vni": vni}, expect={"vxlan.vni#2": vni}).variables == ("vni",)
