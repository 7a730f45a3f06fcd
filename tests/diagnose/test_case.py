"""What evidence is taken from, and small questions."""

import pytest
from looks import SAMPLES
from scene import DB_IP, DB_MAC, NODE1, NODE1_MAC, NODE2, scene

from nodenetwork import macvlan
from pcapcheck.api import check
from pcapcheck.check.checker import Judged
from pcapcheck.check.finding import Finding, Hop, Severity
from pcapcheck.check.parameter import NOWHERE
from pcapcheck.check.rule import Rule
from pcapcheck.diagnose.case import broken_rules
from profiles import DB, WEB
from sample import ping


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return scene(tmp_path_factory.mktemp("scene"))


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        (NODE1, "this node"),
        (NODE2, "another node"),
        (DB_IP, "pod"),
        ("10.100.1.77", "pod network"),
        ("10.96.0.1", "service"),
        ("203.0.113.9", "unknown"),
    ],
)
def test_addresses_are_told_apart(case, address, owner):
    assert case.address_is(address, "node1") == owner


@pytest.mark.parametrize(
    ("mac", "owner"),
    [(NODE1_MAC, "this node"), (DB_MAC, "pod"), ("02:00:00:00:00:99", "unknown")],
)
def test_macs_are_told_apart(case, mac, owner):
    assert case.mac_is(mac, "node1") == owner


def test_the_clients_direction_comes_first_in_a_flow(case):
    assert all(rows[0]["client"] for rows in case.flows.values())


def test_devices_are_found_by_role(case):
    assert case.device("node1", "tunnel", "vtep") == "flannel.1"
    assert case.device("node1", "tunnel") is None
    assert case.device(None, "vtep") is None


def test_a_veth_of_the_pod_in_question_goes_first(case):
    assert case.device("node2", "veth", pod=DB) == case.door(DB) == "veth83d07be4"


def test_the_door_of_a_macvlan_pod_is_its_parent(tmp_path):
    passthru = scene(tmp_path, [ping(WEB, DB, 0.1)], lambda: macvlan("passthru"))
    assert (passthru.door(DB), passthru.door("default/nobody")) == ("eth1", None)


def test_a_point_that_nobody_knows_has_no_node(case):
    assert case.point(None).node is None


def test_variants_are_chosen_by_kind(case):
    assert set(case.variants("arp")["kind"].to_list()) == {"arp"}


def test_information_is_no_evidence():
    info, error = (finding("demo/a", each) for each in (Severity.INFO, Severity.ERROR))
    judged = Judged(rule("demo/a"), (info, error), (None, None), 2, (), 2)
    assert [(each.number, each.finding) for each in broken_rules([judged])] == [(1, error)]


@pytest.mark.parametrize(
    "sample", ["cilium-vxlan", "cilium-native", "calico-ipip", "antrea-geneve", "ovn-geneve"]
)
@pytest.mark.slow
def test_traffic_in_clear_where_encryption_is_intended_is_a_cause(sample):
    intended = {"encryption": "ipsec" if sample.startswith(("antrea", "ovn")) else "wireguard"}
    result = check(SAMPLES / sample, parameters=intended)
    assert {each.id for each in result.diagnoses} == {"missing-encryption"}
    assert {each.node for each in result.diagnoses} == {"node1", "node2"}


def finding(rule, severity):
    return Finding(rule, severity, Hop("node1", "eth0", "uplink", "plain"), "", (), 1, 1, {}, {}, "")


def rule(name):
    return Rule(name, "title", Severity.ERROR, "why", "how", (), NOWHERE)
