"""Packets that come in from outside with the node's own address as their source."""

from packets import eth, ip, tcp
from scene import CNI0_MAC, NODE1, NODE1_MAC, WEB_IP, WEB_MAC, causes, diagnosed, facts, scene

ROUTER = "52:54:00:fe:00:01"
VIP = "203.0.113.10"


def syn(source, number, **macs):
    return eth(ip(tcp(sport=41000, dport=443, flags=2, seq=5), source, VIP, id=number), **macs)


def hairpin(back):
    """Return the SYNs of a pod to an external load balancer, which may send them back to the node."""
    out = [(10.0 + s, syn(NODE1, 50 + s, src=NODE1_MAC, dst=ROUTER)) for s in (0, 1, 3)]
    came = [(10.001 + s, syn(NODE1, 50 + s, src=ROUTER, dst=NODE1_MAC)) for s in (0, 1, 3)] if back else []
    asked = [(9.999 + s, syn(WEB_IP, 50 + s, src=WEB_MAC, dst=CNI0_MAC)) for s in (0, 1, 3)]
    return {"web-1_eth0.pcap": asked, "node1_eth0.pcap": sorted(out + came)}


def lb(told):
    ports = [{"port": 443, "protocol": "tcp"}]
    told["services"] = {"default/web": {"address": "10.96.0.20", "external_ips": [VIP], "ports": ports}}


def test_the_nodes_own_address_comes_in(tmp_path):
    case = scene(tmp_path, put=hairpin(back=True), topology=lb)
    (fact,) = facts(case, "martian")
    assert (fact.about["actual"], fact.about["node"], fact.about["back_from"]) == (NODE1, "node1", ROUTER)
    assert causes(case)[0] == "martian-source"
    assert diagnosed(case)[0].node == "node1"


def test_what_only_goes_out_is_none(tmp_path):
    assert facts(scene(tmp_path, put=hairpin(back=False), topology=lb), "martian") == []
