"""Kinds of packets, the same in every run of a network."""

from looks import look

from pcapcheck.observe.kinds import PacketKind, rows_of_kinds


def kinds(sample):
    rows = rows_of_kinds(look(sample).network)
    return {
        PacketKind(*row) for row in rows.select("who", "where", "role", "side", "form").unique().iter_rows()
    }


def test_every_hop_of_a_way_has_its_kind():
    found = {(each.role, each.side, each.form) for each in kinds("flannel-vxlan") if each.who == "pod-to-pod"}
    assert ("uplink", "source", "vxlan") in found
    assert ("vtep", "destination", "plain") in found


def test_questions_about_addresses_have_none():
    assert "arp" not in {each.who for each in kinds("flannel-vxlan")}


def test_node_of_a_point_is_told():
    assert set(rows_of_kinds(look("flannel-vxlan").network)["node"]) == {"node1", "node2"}


def test_kind_is_readable():
    kind = PacketKind("pod-to-pod", "cross-node", "uplink", "source", "vxlan")
    assert (kind.traffic, kind.hop) == ("pod-to-pod cross-node", "uplink (source)")
    assert PacketKind("host", "", "uplink", "", "plain").hop == "uplink"
