from dataclasses import replace

from report import results

from pcapcheck.check.finding import Frame
from pcapcheck.report.stableid import fingerprint

FINDING = results.violations().findings[0]
FLOWS = {flow.flow: flow for flow in results.violations().flows}


def test_other_frames_counts_and_times_do_not_matter():
    again = replace(FINDING, frames=(Frame("other.pcap", 99),), packets=1, message="x")
    assert fingerprint(again, FLOWS) == fingerprint(FINDING, FLOWS)


def test_ephemeral_port_and_address_of_one_network_do_not_matter():
    again = replace(FINDING, flow="tcp/10.244.0.200:50123-10.244.1.7:80")
    assert fingerprint(again, {}) == fingerprint(FINDING, {})


def test_ipv6_networks_do():
    one = replace(FINDING, flow="tcp/[fd00:1::5]:50123-[fd00:2::7]:80")
    other = replace(FINDING, flow="tcp/[fd00:9::5]:50123-[fd00:2::7]:80")
    assert fingerprint(one, {}) != fingerprint(other, {})


def test_pods_are_used_where_they_are_known():
    flow = FLOWS[FINDING.flow]
    moved = replace(FINDING, flow="tcp/10.244.7.5:41000-10.244.9.7:80")
    flows = {moved.flow: replace(flow, flow=moved.flow)}
    assert fingerprint(moved, flows) == fingerprint(FINDING, FLOWS)


def test_rule_role_node_and_server_port_matter():
    marks = {
        fingerprint(finding, {})
        for finding in (
            FINDING,
            replace(FINDING, rule="flannel-vxlan/outer-ttl"),
            replace(FINDING, hop=replace(FINDING.hop, role="vtep")),
            replace(FINDING, hop=replace(FINDING.hop, node="node9")),
            replace(FINDING, flow="tcp/10.244.0.5:41000-10.244.1.7:443"),
        )
    }
    assert len(marks) == 5


def test_any_flow_name_has_a_fingerprint():
    assert len(fingerprint(replace(FINDING, flow=results.EVIL), {})) == 32
