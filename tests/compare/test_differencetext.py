"""A Difference for people."""

from looks import SAMPLES, look

from pcapcheck.compare.compare import compare
from pcapcheck.compare.differencetext import lines


def text(good, bad):
    return "".join(lines(compare(look(good), look(bad)))).replace(f"{SAMPLES}/", "")


def test_text_is_as_it_was(golden):
    golden("comparing/vni-mismatch.txt", text("flannel-vxlan", "flannel-vxlan-vni-mismatch"))


def test_no_difference_is_said_first():
    assert text("flannel-vxlan", "flannel-vxlan").startswith("no difference\n")
