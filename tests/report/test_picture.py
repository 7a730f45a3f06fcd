from dataclasses import replace

from report.results import (
    BRIDGE1,
    POD1,
    SITUATIONS,
    UPLINK1,
    UPLINK2,
    VETH2,
    VTEP1,
    VTEP2,
    forward,
    step,
    unseen,
)

from pcapcheck.report.picture import broken_hops, cards_of, picture, text_of


def cards(*path, broken=None):
    return list(cards_of(path, broken or {}))


def test_only_the_first_loss_is_the_broken_hop():
    lost = {"missing": 9, "fate": "lost"}
    kinds = [card.kind for card in cards(step(UPLINK2, 9), step(VTEP2, 0, **lost), step(VETH2, 0, **lost))]
    assert kinds == ["ok", "lost", "later"]


def test_packets_were_last_seen_before_the_loss():
    path = cards(step(UPLINK2, 9), unseen(BRIDGE1), step(VTEP2, 0, missing=9, fate="lost"))
    assert [card.last for card in path] == [True, False, False]


def test_hop_that_breaks_a_rule_says_which():
    card = cards(step(UPLINK1, 9), broken={UPLINK1: "flannel-vxlan/vni"})[0]
    assert (card.kind, card.broken) == ("wrong", "flannel-vxlan/vni")


def test_layers_of_the_tunnel_stand_apart():
    card = cards(step(UPLINK1, 9))[0]
    assert (card.outer, card.inner) == ("eth:ip:udp:vxlan", "eth:ip:tcp")


def test_ipip_carries_from_its_second_ip_header():
    hop = replace(UPLINK1, form="ipip")
    card = cards(replace(step(hop, 9), stack="eth:ip:ip:tcp"))[0]
    assert (card.outer, card.inner) == ("eth:ip", "ip:tcp")


def test_hop_without_capture_claims_nothing():
    card = cards(unseen(BRIDGE1))[0]
    assert (card.kind, card.state, card.inner, card.changed) == ("unseen", "not captured", "", ())


def test_gap_is_told_but_not_broken():
    card = cards(step(VTEP1, 8, missing=1, fate="gap"))[0]
    assert (card.kind, card.state) == ("gap", "8 seen, 1 gap")


def test_each_node_is_one_box():
    assert picture(forward(9), {}).count('class="node"') == 2


def test_text_form_has_a_line_a_hop():
    assert text_of((step(POD1, 9), unseen(VTEP1))) == (
        "<li>node1 pod default/web-1 eth0: 9 seen</li><li>node1 vtep flannel.1: not captured</li>"
    )


def test_rules_are_listed_by_flow_and_hop():
    found = broken_hops(SITUATIONS["violations"]().findings)
    assert found["tcp/10.244.0.5:41000-10.244.1.7:80"] == {
        UPLINK1: "flannel-vxlan/vni, flannel-vxlan/outer-ttl",
        VTEP2: "kubernetes/delivered",
    }
