"""Who refuses a flow: the pod, a node, a router."""

from packets import chunk, eth, gre, icmp, ip, sctp, tcp, udp, vxlan
from scene import (
    AT_DB,
    AT_WEB,
    CNI0_IP,
    CNI0_MAC,
    DB_IP,
    NODE1,
    NODE1_MAC,
    NODE2,
    NODE2_MAC,
    WEB_IP,
    WEB_MAC,
    case_of,
    causes,
    cut,
    everywhere,
    facts,
    scene,
)

from profiles import gre as gre_cluster

KEY = 40961
SYN, RST_ACK, ACK = 0x02, 0x14, 0x10


def there(segment):
    return eth(ip(segment, WEB_IP, DB_IP, id=7), src=WEB_MAC, dst=CNI0_MAC)


def back(segment):
    return eth(ip(segment, DB_IP, WEB_IP, ttl=62, id=0, df=1), src=CNI0_MAC, dst=WEB_MAC)


def test_a_reset_that_answers_a_syn_refuses(tmp_path):
    syn = there(tcp(sport=41000, dport=81, seq=100, flags=SYN))
    reset = back(tcp(sport=81, dport=41000, seq=0, ack=101, flags=RST_ACK))
    case = scene(tmp_path, put=everywhere(AT_WEB, (3.0, syn), (3.01, reset)), missing=AT_DB)
    (fact,) = facts(case, "refused_by")
    assert (fact.about["how"], fact.about["by"], fact.about["port"]) == ("reset", "pod", 81)
    assert causes(case) == ["port-closed"]


def test_a_reset_after_an_answer_refuses_nothing(tmp_path):
    syn = there(tcp(sport=41000, dport=81, seq=100, flags=SYN))
    answer = back(tcp(sport=81, dport=41000, seq=500, ack=101, flags=SYN | ACK))
    reset = back(tcp(sport=81, dport=41000, seq=501, ack=101, flags=RST_ACK))
    case = scene(tmp_path, put=everywhere(AT_WEB, (3.0, syn), (3.01, answer), (3.02, reset)))
    assert facts(case, "refused_by") == []


def test_port_unreachable_for_a_service_comes_from_its_node(tmp_path):
    asked = ip(tcp(sport=41000, dport=80, seq=100, flags=SYN), WEB_IP, "10.96.7.7", id=7)
    syn = eth(asked, src=WEB_MAC, dst=CNI0_MAC)
    error = eth(ip(icmp(asked, type=3, code=3), CNI0_IP, WEB_IP), src=CNI0_MAC, dst=WEB_MAC)
    case = scene(tmp_path, put=everywhere(AT_WEB, (3.0, syn), (3.01, error)))
    (fact,) = facts(case, "refused_by")
    assert (fact.about["target_is"], fact.about["by"], fact.about["by_node"]) == ("service", "node", "node1")
    assert causes(case) == ["service-no-endpoints"]


def test_the_intended_port_of_a_tunnel_is_refused_by_the_node_that_does_not_listen(tmp_path):

    outer = ip(udp(vxlan(eth(ip(tcp()))), sport=40000, dport=8472), NODE1, NODE2, id=9)
    error = eth(ip(icmp(outer[:56], type=3, code=3), NODE2, NODE1), src=NODE2_MAC, dst=NODE1_MAC)
    case = scene(tmp_path, put={"node1_eth0.pcap": [(3.0, error), (4.0, error)]})
    (fact,) = facts(case, "refused_by")
    assert fact.about["of_tunnel"]
    assert fact.about["intended"]
    assert fact.about["sender"] == "node2"
    assert causes(case) == ["vxlan-port-mismatch"]


def test_a_reset_is_nobodys_but_the_pods_if_nobody_looked_there_then(tmp_path):
    syn = there(tcp(sport=41000, dport=81, seq=100, flags=SYN))
    reset = back(tcp(sport=81, dport=41000, seq=0, ack=101, flags=RST_ACK))
    scene(tmp_path, put=everywhere(AT_WEB, (3.0, syn), (3.01, reset)))
    for file in AT_DB:
        cut(tmp_path / file, 0, 0.5)
    (fact,) = facts(case_of(tmp_path), "refused_by")
    assert fact.about["by"] == "pod"


def refused(key):
    """Return a GRE packet from node1 to node2, and what node2 answers for want of a device."""
    outer = ip(gre(ip(udp(b"..."), WEB_IP, DB_IP), key=key), NODE1, NODE2, id=9)
    error = ip(icmp(outer[:56], type=3, code=3), NODE2, NODE1)
    sent = eth(outer, src=NODE1_MAC, dst=NODE2_MAC)
    return [(3.0, sent), (3.01, eth(error, src=NODE2_MAC, dst=NODE1_MAC)), (4.0, sent)]


def test_gre_is_refused_by_the_node_that_has_no_device_for_the_intended_key(tmp_path):
    case = scene(tmp_path, [], gre_cluster, put={"node1_eth0.pcap": refused(KEY)})
    (fact,) = facts(case, "refused_by")
    assert (fact.about["of_tunnel"], fact.about["intended"], fact.about["sender"]) == (True, True, "node2")
    assert causes(case)[0] == "gre-key-mismatch"


def test_gre_with_another_key_is_the_senders_fault(tmp_path):
    case = scene(tmp_path, [], gre_cluster, put={"node1_eth0.pcap": refused(KEY + 1)})
    (fact,) = facts(case, "refused_by")
    assert (fact.about["intended"], fact.about["sender"]) == (False, "node1")


def test_a_node_that_aborts_what_comes_to_a_node_port_does_not_translate_it(tmp_path):
    def service(told):
        port = {"port": 1000, "protocol": "sctp", "node_port": 30487}
        told["services"] = {"default/sctp": {"address": "10.96.0.61", "type": "NodePort", "ports": [port]}}

    init = ip(sctp(chunk(1, bytes(16)), sport=47606, dport=30487), "192.168.186.2", NODE1, id=7)
    abort = ip(sctp(chunk(6), sport=30487, dport=47606, tag=9), NODE1, "192.168.186.2", id=0)
    frames = ((3.0, eth(init, dst=NODE1_MAC)), (3.01, eth(abort, src=NODE1_MAC)))
    case = scene(tmp_path, put=everywhere(["node1_eth0.pcap"], *frames), topology=service)
    (fact,) = facts(case, "refused_by")
    assert (fact.about["by"], fact.about["by_node"], fact.about["target_is"]) == ("node", "node1", "service")
    assert causes(case) == ["service-no-endpoints"]
