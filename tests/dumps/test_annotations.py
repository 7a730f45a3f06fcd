from pcapcheck.dumps.annotations import annotated
from pcapcheck.dumps.kubernetes import KubeNode
from pcapcheck.topology.topology import Interface, Node, Role

FLANNEL = {"flannel.alpha.coreos.com/backend-data": '{"VNI":1,"VtepMAC":"06:30:41:F9:18:5F"}'}


def test_flannel_tells_its_vtep():
    record = KubeNode("n1", pod_cidrs=("10.244.0.0/24",), annotations=FLANNEL)
    found = annotated(Node("n1"), record).interfaces["flannel.1"]
    assert (found.role, found.mac, found.addresses) == (Role.VTEP, "06:30:41:f9:18:5f", ("10.244.0.0/32",))
    assert found.parameters == {"type": "vxlan", "vni": 1}


def test_calico_tells_its_tunnels():
    record = KubeNode("n1", annotations={"projectcalico.org/IPv4IPIPTunnelAddr": "10.244.138.64"})
    assert annotated(Node("n1"), record).interfaces["tunl0"].addresses == ("10.244.138.64/32",)


def test_dump_counts_more_than_an_annotation():
    dumped = Interface("flannel.1", Role.VTEP, mtu=1450)
    node = Node("n1", interfaces={"flannel.1": dumped})
    assert annotated(node, KubeNode("n1", annotations=FLANNEL)).interfaces["flannel.1"] == dumped


def test_odd_annotations_tell_nothing():
    odd = {"flannel.alpha.coreos.com/backend-data": "[", "projectcalico.org/IPv4IPIPTunnelAddr": "x"}
    assert annotated(Node("n1"), KubeNode("n1", annotations=odd)).interfaces == {}
    assert annotated(Node("n1"), None) == Node("n1")
