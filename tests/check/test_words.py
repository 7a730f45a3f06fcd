"""Names that rules may use: what is wrong with one, and which is meant."""

import pytest

from pcapcheck.check.rulereader import read
from pcapcheck.check.words import check_field, check_matcher, check_variable
from pcapcheck.documents.events import Place


@pytest.mark.parametrize(
    "name", ["ip.ttl", "inner.ip.ttl", "ip.dst#2", "quoted.ip.src", "quoted.inner.ip.src", "form", "stack"]
)
def test_field_may_be_named(name):
    assert check_field(name) is None


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("udp.dsport", "did you mean `udp.dstport`?"),
        ("inner.udp.dsport", "did you mean `inner.udp.dstport`?"),
        ("stak", "did you mean `stack`?"),
        ("zzzzzz", "`pcapcheck rules fields` lists the known names"),
        ("geneve._options_length", "did you mean `geneve.option.type`?"),
        ("inner.ip.dst#2", "write `ip.dst#2` or `inner.ip.dst`"),
        ("ip.dst#0", "did you mean"),
    ],
)
def test_unknown_field_is_answered_with_the_nearest(name, fix):
    assert check_field(name).fix.startswith(fix)


@pytest.mark.parametrize(
    "path",
    [
        "vni",
        "source.node.vtep.mac",
        "destination.node.addresses",
        "source.pod.identity",
        "source.gateway.mac",
        "here.mac",
        "here.node.uplink.addresses",
        "next.mtu",
        "cluster.pod_cidr",
    ],
)
def test_variable_may_be_named(path):
    assert check_variable(path, {"vni"}) is None


@pytest.mark.parametrize(
    ("path", "fix"),
    [
        ("vnj", "did you mean `vni`?"),
        ("sorce.pod.mac", "did you mean `source`?"),
        ("source.pod.mak", "did you mean `source.pod.mac`?"),
        ("source.node.vtep.mak", "did you mean `source.node.vtep.mac`?"),
        ("cluster.pod_cird", "did you mean `cluster.pod_cidr`?"),
        ("here.macc", "did you mean `here.mac`?"),
        ("zzzz", "parameters: vni"),
    ],
)
def test_unknown_variable_is_answered_with_the_nearest(path, fix):
    assert check_variable(path, {"vni"}).fix == fix


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("eth.src", "52:54:00:00:00:01"),
        ("ip.dst", "10.0.0.0/8"),
        ("ip.dst", "10.0.0.1..10.0.0.9"),
        ("ipv6.dst", "fd00::/8"),
        ("ip.ttl", 64),
        ("ip.flags.mf", False),
        ("udp.srcport", "1..9"),
        ("form", "vxlan"),
        ("ip.ttl", {"field": "inner.ip.ttl"}),
        ("eth.src", {"bits": "32..47", "is": 0x0A58}),
    ],
    ids=str,
)
def test_value_of_the_fields_kind_is_right(field, data):
    assert check_matcher(field, read(field, data, Place("")), ()) is None


@pytest.mark.parametrize(
    ("field", "data", "fix"),
    [
        ("ip.dst", 10, "give an IPv4 address"),
        ("ip.dst", "fd00::1", "give an IPv4 address"),
        ("ipv6.dst", {"not": "10.0.0.1"}, "give an IPv6 address"),
        ("eth.src", ["10.0.0.1"], "give a MAC"),
        ("ip.ttl", "10.0.0.1", "give a number"),
        ("ip.ttl", {"field": "inner.ip.tll"}, "did you mean `inner.ip.ttl`?"),
        ("ip.ttl", "$tll", "did you mean `ttl`?"),
    ],
    ids=str,
)
def test_value_of_another_kind_is_wrong(field, data, fix):
    assert check_matcher(field, read(field, data, Place("")), {"ttl"}).fix == fix
