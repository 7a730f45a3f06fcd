"""Everything together."""

from looks import look

from pcapcheck.compare.compare import compare


def test_healthy_set_does_not_differ_from_itself():
    assert not compare(look("flannel-vxlan"), look("flannel-vxlan")).differs


def test_cause_alone_makes_a_difference():
    difference = compare(look("calico-vxlan"), look("calico-vxlan-fdb-missing"))
    assert difference.differs
    assert difference.exit_status == 1
    assert "fdb-missing" in difference.bad.diagnoses
