"""A lesson is plain data."""

from pcapcheck.learn.lessons import Lesson


def test_lessons_that_say_the_same_are_equal():
    words = (("uplink",), "source", "vxlan", ("pod-to-pod",), ("cross-node",), "vxlan.vni", ("1",), 58, 6)
    assert Lesson(*words) == Lesson(*words)
    assert len({Lesson(*words), Lesson(*words)}) == 1
