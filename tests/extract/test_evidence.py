"""Comments of the frames that a result names."""

import pytest

from pcapcheck.check.finding import Coverage, Finding, Frame, Hop, Severity
from pcapcheck.diagnose.diagnosis import Diagnosis, Evidence
from pcapcheck.errors import InputError
from pcapcheck.extract.evidence import comments_of
from pcapcheck.report.report import Report, TopologyUsed, Verdict

FRAME = Frame("node2_eth0.pcap", 9)
UPLINK = Hop("node2", "eth0", "uplink", "vxlan", "source")
FINDING = Finding(
    "flannel-vxlan/vni",
    Severity.ERROR,
    UPLINK,
    "icmp/10.244.1.7-10.244.0.5#1",
    (FRAME,),
    3,
    3,
    {"vxlan.vni": "1"},
    {"vxlan.vni": "2"},
    "vxlan.vni is 2, expected 1",
)
CAUSE = Diagnosis(
    "vni-mismatch",
    0.95,
    "Two VNIs",
    "",
    "",
    "node2",
    "flannel.1",
    (Evidence("node2 sends VNI 2", (FRAME,)), Evidence("nothing arrives")),
)
BROKEN = Report(
    Verdict.VIOLATIONS,
    (),
    TopologyUsed("topology.yaml"),
    (),
    (CAUSE,),
    (FINDING, FINDING),
    (),
    Coverage({}, {}, {}, ()),
)


def test_frame_says_every_rule_that_it_breaks_and_what_it_proves():
    assert comments_of(BROKEN) == {
        FRAME: (
            "breaks flannel-vxlan/vni: vxlan.vni is 2, expected 1",
            "proves vni-mismatch: node2 sends VNI 2",
        )
    }


def test_without_words_no_address_and_no_name_is_told():
    assert comments_of(BROKEN, in_words=False)[FRAME] == ("breaks flannel-vxlan/vni", "proves vni-mismatch")


def test_ids_choose():
    assert comments_of(BROKEN, ["vni-*"])[FRAME] == ("proves vni-mismatch: node2 sends VNI 2",)


def test_id_that_nothing_has_is_an_input_error():
    with pytest.raises(InputError, match="did you mean `flannel-vxlan/vni`"):
        comments_of(BROKEN, ["flannel-vxlan/vnj"])
