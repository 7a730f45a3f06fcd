from guesses import DB, NODE1, NODE1_MAC, WEB, draft_of, place, pod, settle

from pcapcheck.infer.draft import TopologyDraft, statements
from pcapcheck.topology.topology import Role, Service


def test_a_capture_whose_name_says_whose_it_is_needs_no_saying():
    guessed = place(1, node="n1", guessed="is taken for an uplink from its packets")
    assert statements(TopologyDraft(), [place(0, node="n1"), guessed]) == [
        "1.pcap is taken for an uplink from its packets"
    ]


def test_a_captured_node_is_told_by_its_macs_and_addresses():
    draft = draft_of(place(0, node="n1"), place(1, node="n1", interface="veth1", role=Role.VETH))
    assert statements(draft, []) == []
    settle(draft, "n1", NODE1_MAC, NODE1, "fd00::1")
    draft.node("n1").interfaces["veth1"].mac = NODE1_MAC
    assert statements(draft, []) == [f"eth0 of n1 has MAC {NODE1_MAC}, {NODE1} and fd00::1"]


def test_a_node_that_nobody_captured_is_one_because_it_sends_tunnels():
    draft = TopologyDraft()
    draft.node(NODE1)
    assert statements(draft, []) == [f"{NODE1} is a node: it sends tunnel packets"]


def test_pods_services_and_networks_are_told_as_far_as_they_are_known():
    draft = TopologyDraft(
        pods={each.name: each for each in (pod("web", WEB, node="n1"), pod("db", DB), pod("mute"))}
    )
    draft.services["dns"] = Service("dns", ("10.96.0.10",))
    draft.pod_networks = ["10.244.0.0/16", "fd00::/64"]
    assert statements(draft, []) == [
        f"web has {WEB} and is on n1",
        f"db has {DB} and is on an unknown node",
        "10.96.0.10 is a service: it is translated to pods",
        "pods have addresses in 10.244.0.0/16 and fd00::/64",
    ]
