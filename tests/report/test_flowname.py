from dataclasses import replace

import pytest
from report import results

from pcapcheck.errors import InputError
from pcapcheck.report.flowname import find_flow, matching_flows, reversed_name

WEB = results.conformant().flows[0]
DNS = replace(WEB, flow="udp/[fd00::5]:53000-[fd00::7]:53", destination="kube-system/dns")
PING = replace(WEB, flow="icmp/10.244.0.5-10.244.1.7#77")
FLOWS = (WEB, DNS, PING)


@pytest.mark.parametrize(
    ("wanted", "flow"),
    [
        ("tcp/10.244.0.5:41000-10.244.1.7:80", WEB),
        ("tcp/10.244.1.7:80-10.244.0.5:41000", WEB),
        ("udp/[fd00::7]:53-[fd00::5]:53000", DNS),
        ("icmp/10.244.1.7-10.244.0.5#77", PING),
        ("default/web-1-default/db-0:80", WEB),
        ("web-1-dns", DNS),
        ("dns-web-1", DNS),
        ("2", DNS),
    ],
)
def test_flow_is_found_by(wanted, flow):
    assert find_flow(FLOWS, wanted) is flow


def test_ambiguous_name_lists_the_flows():
    with pytest.raises(InputError, match=r"(?s)matches 2 flows.*#77"):
        find_flow(FLOWS, "web-1-db-0")


def test_unknown_flow_names_the_nearest():
    with pytest.raises(InputError, match=r"did you mean `tcp/10\.244\.0\.5:41000-10\.244\.1\.7:80`"):
        find_flow(FLOWS, "tcp/10.244.0.5:41000-10.244.1.7:81")


@pytest.mark.parametrize("wanted", ["0", "4", "99999999999999999999999", "", "-", "web-1-web-1"])
def test_nothing_is_meant_by(wanted):
    assert matching_flows(FLOWS, wanted) == []


def test_reversed_twice_is_the_flow_again():
    assert [reversed_name(reversed_name(flow.flow)) for flow in FLOWS] == [flow.flow for flow in FLOWS]
