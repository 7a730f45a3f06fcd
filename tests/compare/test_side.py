"""One of two sets."""

from looks import look


def test_summary_counts():
    summary = look("flannel-vxlan-vni-mismatch").summary
    assert (summary.verdict, summary.profile) == ("violations", "flannel-vxlan")
    assert summary.diagnoses == ("vni-mismatch",)
    assert summary.packets > summary.flows > 0


def test_captured_hops_are_those_that_somebody_could_watch():
    assert ("pod-to-pod", "cross-node", "vtep", "destination") in look("flannel-vxlan-vni-mismatch").captured


def test_passages_go_from_hop_to_hop():
    passages = look("flannel-vxlan").passages()
    between = passages.filter("between").select("before", "after").unique()
    assert between.rows() == [("uplink (source)", "uplink (destination)")]
    assert passages["lost"].sum() == 0
