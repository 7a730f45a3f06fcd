from pcapcheck.dumps.natrules import pod_networks, services_of
from pcapcheck.topology.topology import ServicePort

RULES = """*nat
-A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" --dport 53 -j KUBE-SVC-A
-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "kube-system/kube-dns:tcp cluster IP" --dport 53 -j KUBE-SVC-B
-A KUBE-SERVICES -d 10.96.45.127/32 -p tcp -m comment --comment "default/web" -m tcp --dport 80 -j KUBE-SVC-C
-A KUBE-SERVICES -d 203.0.113.9/32 -p tcp -m comment --comment "default/web external IP" --dport 80 -j KUBE-EXT-C
-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -j KUBE-EXT-C
-A KUBE-EXT-C -j KUBE-SVL-C
-A KUBE-SVL-C -m comment --comment "default/web" -j KUBE-SEP-1
-A KUBE-SVC-C ! -s 10.244.0.0/16 -d 10.96.45.127/32 -p tcp -m comment --comment "default/web" --dport 80 -j KUBE-MARK-MASQ
-A KUBE-SVC-C -m comment --comment "default/web" -j KUBE-SEP-1
-A KUBE-SEP-1 -s 10.244.1.6/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ
-A KUBE-SEP-1 -p tcp -m comment --comment "default/web" -m tcp -j DNAT --to-destination 10.244.1.6:8080
-A KUBE-SVC-A -m comment --comment "kube-system/kube-dns:dns" -j KUBE-SEP-2
-A KUBE-SEP-2 -p udp -m comment --comment "kube-system/kube-dns:dns" -j DNAT --to-destination 10.244.1.7:53
COMMIT
"""


def test_service_with_node_port_external_address_and_local_policy():
    web = services_of([RULES])["default/web"]
    assert web.addresses == ("10.96.45.127",)
    assert web.external_ips == ("203.0.113.9",)
    assert web.ports == (ServicePort(80, "tcp", 30080),)
    assert web.endpoints == ("10.244.1.6:8080",)
    assert (web.type, web.external_traffic_policy) == ("NodePort", "Local")


def test_service_with_two_ports_is_one_service():
    dns = services_of([RULES, RULES])["kube-system/kube-dns"]
    assert dns.ports == (ServicePort(53, "udp"), ServicePort(53, "tcp"))
    assert (dns.endpoints, dns.external_traffic_policy) == (("10.244.1.7:53",), "Cluster")


def test_service_without_endpoints_has_an_empty_list():
    rule = '-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp --comment "a/b has no endpoints" --dport 80 -j REJECT'
    assert services_of([rule])["a/b"].endpoints == ()


def test_chains_that_loop_are_followed_once():
    rule = '-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp --comment "a/b" --dport 80 -j KUBE-SVC-A'
    rules = f"{rule}\n-A KUBE-SVC-A -j KUBE-SVC-A"
    assert services_of([rules])["a/b"].endpoints == ()


def test_pod_network_is_flannels_or_kube_proxys():
    assert pod_networks([RULES]) == ["10.244.0.0/16"]
    assert services_of(["nothing"]) == {}


def test_rules_that_cannot_be_read_are_left_out():
    rule = '-A KUBE-SERVICES -d {} -p {} --comment "a/b" --dport {} -j KUBE-SVC-A'
    odd = [("10.0.0.300", "tcp", "80"), ("10.96.0.1", "xyz", "80"), ("10.96.0.1", "tcp", "99999")]
    assert services_of([rule.format(*each) for each in odd]) == {}
