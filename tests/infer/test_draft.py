from collections import Counter

from guesses import DB, NODE1, NODE2, WEB, WEB_MAC, pod

from pcapcheck.infer.draft import PodDraft, TopologyDraft
from pcapcheck.topology.topology import Role


def test_a_pod_is_on_the_node_that_most_speaks_for():
    assert PodDraft("web", votes=Counter(n1=2, n2=3)).node == "n2"


def test_a_pod_for_whose_nodes_as_much_speaks_is_on_none():
    assert PodDraft("web", votes=Counter(n1=2, n2=2)).node is None
    assert PodDraft("web").node is None


def test_a_node_owns_the_addresses_of_all_its_interfaces_without_prefix_lengths():
    draft = TopologyDraft()
    draft.node("n1").addresses = [NODE1]
    draft.node("n1").interface("cni0", Role.BRIDGE).addresses = ["10.244.1.1/24"]
    assert draft.node("n1").owned == {NODE1, "10.244.1.1"}
    assert draft.node_of("10.244.1.1").name == "n1"
    assert draft.node_of(NODE2) is None


def test_a_node_or_interface_of_one_name_is_made_once():
    draft = TopologyDraft()
    draft.node("n1").interface("eth0", Role.UPLINK).mac = WEB_MAC
    assert draft.node("n1").interface("eth0", Role.VLAN).mac == WEB_MAC
    assert [each.name for each in draft.node("n1").of_role(Role.UPLINK, Role.VTEP)] == ["eth0"]
    assert draft.node("n1").of_role(Role.VLAN) == []


def test_pods_are_found_by_address_mac_and_node():
    web, db = pod("web", WEB, mac=WEB_MAC, node="n1"), pod("db", DB, node="n2")
    draft = TopologyDraft(pods={"web": web, "db": db})
    assert (draft.pod_of(DB), draft.pod_of(None)) == (db, None)
    assert draft.with_mac(WEB_MAC) == [web]
    assert draft.local("n1") == {WEB}


def test_no_mac_is_nobodys():
    assert TopologyDraft(pods={"web": pod("web", WEB)}).with_mac(None) == []


def test_the_number_of_a_pods_tunnels_is_its_segment_where_frames_are_bridged_and_its_identity_elsewhere():
    draft = TopologyDraft(pods={"web": PodDraft("web", numbers=Counter({7: 2, 8: 1}))})
    assert (draft.topology(()).pods["web"].identity, draft.topology(()).pods["web"].vni) == (7, None)
    draft.bridged = True
    assert (draft.topology(()).pods["web"].identity, draft.topology(()).pods["web"].vni) == (None, 7)


def test_a_number_that_no_vni_can_have_is_no_identity():
    draft = TopologyDraft(pods={"web": PodDraft("web", numbers=Counter({1 << 24: 2}))})
    assert draft.topology(()).pods["web"].identity is None


def test_a_finished_topology_says_that_it_was_guessed_and_leaves_unknown_nodes_without_name():
    topology = TopologyDraft(pods={"web": pod("web", WEB)}, says=["so it seems"]).topology(())
    assert (topology.source, topology.inferred) == ("inferred", ("so it seems",))
    assert topology.pods["web"].node == ""
