"""The way of DHCP: from the client's interface to where its messages were seen, and back."""

import pytest
from packets import dhcp, eth, ip, udp
from scene import AT_WEB, WEB_MAC, case_of, causes, everywhere, facts, scene

from pcapcheck.check.selection import Selection, narrow

SERVER_MAC, OTHER_MAC = "00:50:56:9a:11:22", "02:00:00:00:00:77"
UPLINK = "node1_eth0.pcap"
AROUND = (*AT_WEB, UPLINK)


def discover(xid, client=WEB_MAC):
    packet = ip(udp(dhcp(1, xid=xid, client=client), sport=68, dport=67), "0.0.0.0", "255.255.255.255", id=0)
    return eth(packet, src=client, dst="ff:ff:ff:ff:ff:ff")


def offer(xid, client=WEB_MAC, to="255.255.255.255"):
    answer = dhcp(2, op=2, xid=xid, client=client, yours="192.168.186.77")
    packet = ip(udp(answer, sport=67, dport=68), "192.168.186.9", to, id=xid)
    return eth(packet, src=SERVER_MAC, dst="ff:ff:ff:ff:ff:ff" if to == "255.255.255.255" else client)


def said(offered, client=WEB_MAC, to="255.255.255.255", times=4):
    """Let a client discover every second, and some points see the offers."""
    asks = [(2.0 + k, discover(k + 1, client)) for k in range(times)]
    tells = [(2.01 + k, offer(k + 1, client, to)) for k in range(times)]
    frames = everywhere(AROUND, *asks)
    for file, more in everywhere([file for file in AROUND[::-1] if file in offered], *tells).items():
        frames[file] = sorted(frames[file] + more)
    return frames


def flow(case):
    return case.network.directions.filter(l4="dhcp")


def roles(case, *, client):
    (number,) = flow(case).filter(client=client)["path"].to_list()
    return [step.role for step in case.network.paths[number]]


@pytest.mark.parametrize(
    "to", ["255.255.255.255", "192.168.186.77"], ids=["broadcast", "to the offered address"]
)
def test_both_ways_are_one_flow_along_the_clients_side(to, tmp_path):
    case = scene(tmp_path, put=said(AROUND, to=to))
    assert flow(case)["flow_text"].unique().to_list() == [f"dhcp/{WEB_MAC}"]
    assert flow(case).filter(client=True)["source_name"].to_list() == ["default/web-1"]
    assert roles(case, client=True) == ["pod", "veth", "bridge", "uplink"]
    assert roles(case, client=False) == ["uplink", "bridge", "veth", "pod"]
    assert causes(case) == []


def test_the_flow_is_found_by_its_name(tmp_path):
    network = scene(tmp_path, put=said(AROUND)).network
    found = narrow(network, Selection(flow=f"dhcp/{WEB_MAC.upper()}"))
    assert found.variants["kind"].unique().to_list() == ["dhcp"]


def test_an_offer_that_ends_inside_the_node_is_lost_there(tmp_path):
    case = scene(tmp_path, put=said((UPLINK, "node1_cni0.pcap")))
    (fact,) = facts(case, "lost_between")
    assert (fact.about["from_role"], fact.about["to_role"], fact.about["node"]) == ("bridge", "veth", "node1")
    assert causes(case) == ["policy-drop"]  # since everything else passes there


def test_what_was_flooded_to_another_pod_is_on_no_way(tmp_path):
    put = said(AROUND) | everywhere(["node2_eth0.pcap", "node2_veth83d07be4.pcap"], (2.001, discover(1)))
    case = scene(tmp_path, put=put)
    assert {step.node for path in flow(case)["path"] for step in case.network.paths[path]} == {"node1"}
    assert causes(case) == []


def test_a_client_that_nobody_knows_is_where_it_was_seen_first(tmp_path):
    case = scene(tmp_path, put=said(AROUND, client=OTHER_MAC))
    assert roles(case, client=True) == ["pod", "veth", "bridge", "uplink"]


def test_a_client_outside_has_no_way(tmp_path):
    case = scene(tmp_path, put=everywhere((UPLINK, *AT_WEB[::-1]), (2.0, discover(1, OTHER_MAC))))
    assert roles(case, client=True) == []


def test_answers_alone_have_a_way_where_the_client_is_known(tmp_path):
    case = scene(tmp_path, put=everywhere(AROUND[::-1], (2.0, offer(1))))
    assert roles(case, client=False) == ["uplink", "bridge", "veth", "pod"]


def test_requests_of_a_client_with_an_address_are_datagrams_as_any(tmp_path):
    renewal = dhcp(3, client=WEB_MAC, mine="10.100.0.2")
    packet = ip(udp(renewal, sport=68, dport=67), "10.100.0.2", "192.168.186.9", id=5)
    scene(tmp_path, put=everywhere(AT_WEB, (2.0, eth(packet, src=WEB_MAC))))
    assert flow(case_of(tmp_path)).is_empty()
