"""Seen paths: the step that a variant was seen at, and the steps that somebody was watching."""

import polars as pl

from pcapcheck.correlate.paths import Step
from pcapcheck.correlate.steps import placed, steps_frame, watched
from pcapcheck.topology.topology import CapturePoint, Role


def step(node, role, *interfaces, form="plain", pod=None, number=1):
    """Return an expected hop."""
    return Step(node, role, form, "source", number, None, interfaces, pod, optional=False)


PATH = (
    step("n1", "pod", "eth0", pod="a"),
    step("n1", "veth", "veth1"),
    step("n1", "uplink", "eth0", form="vxlan"),
    step("n2", "uplink", "eth0", form="vxlan"),
)
POINTS = (
    CapturePoint("n1", "eth0", Role.POD, "a"),
    CapturePoint("n1", "eth0", Role.POD, "b"),
    CapturePoint("n1", "eth0", Role.UPLINK, None),
    CapturePoint("n2", "eth0", Role.UPLINK, None),
)
STEPS = steps_frame([PATH], POINTS)


def variants(*rows):
    """Return variants: (point, form, second)."""
    schema = ["variant", "direction", "path", "point", "form", "second"]
    return pl.DataFrame([(k, 0, 0, *row) for k, row in enumerate(rows)], schema=schema, orient="row")


def test_a_step_inside_a_pod_is_that_pods():
    assert STEPS.select("step", "point").rows() == [(0, 0), (2, 2), (3, 3)]


def test_a_variant_is_at_the_step_of_its_point():
    assert placed(variants((0, "plain", False), (3, "vxlan", False)), STEPS)["step"].to_list() == [0, 3]


def test_a_form_that_no_step_expects_is_at_the_step_of_its_point():
    assert placed(variants((2, "plain", False)), STEPS)["step"].to_list() == [2]


def test_a_point_off_the_path_is_no_step():
    assert placed(variants((1, "plain", False)), STEPS)["step"].to_list() == [None]


def test_one_uplink_that_is_crossed_twice_is_told_by_form():
    path = (step("n1", "uplink", "eth0"), step("n1", "uplink", "eth0", form="vxlan"))
    seen = placed(variants((2, "vxlan", False), (2, "plain", False)), steps_frame([path], POINTS))
    assert seen["step"].to_list() == [1, 0]


def test_one_veth_that_is_crossed_twice_is_told_by_translation():
    path = (step("n1", "uplink", "eth0"), step("n1", "uplink", "eth0", number=2))
    seen = placed(variants((2, "plain", False), (2, "plain", True)), steps_frame([path], POINTS))
    assert seen["step"].to_list() == [0, 1]


def test_captured_steps_are_watched_in_their_order():
    told = watched(placed(variants((0, "plain", False)), STEPS), STEPS, [PATH])
    assert told.select("step", "rank", "ranks").rows() == [(0, 0, 3), (2, 1, 3), (3, 2, 3)]


def test_a_step_that_may_be_elsewhere_is_watched_only_if_seen_here():
    path = (step("n1", "pod", "eth0", pod="a"), step("n1", "uplink", "eth0", "eth1", form="vxlan"))
    steps = steps_frame([path], POINTS)
    unseen = placed(variants((0, "plain", False)), steps)
    seen = placed(variants((0, "plain", False), (2, "vxlan", False)), steps)
    assert watched(unseen, steps, [path])["step"].to_list() == [0]
    assert watched(seen, steps, [path])["step"].to_list() == [0, 1]


def test_nobody_watches_what_is_encrypted():
    path = (step("n1", "pod", "eth0", pod="a"), step("n1", "uplink", "eth0", form="wireguard"))
    steps = steps_frame([path], POINTS)
    assert watched(placed(variants((0, "plain", False)), steps), steps, [path])["step"].to_list() == [0]
