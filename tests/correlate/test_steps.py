"""Steps: their frames, the step at which a variant was seen, and the steps that were watched."""

import polars as pl

from pcapcheck.correlate.paths import Step
from pcapcheck.correlate.steps import placed, step_points_frame, steps_frame, watched
from pcapcheck.topology.topology import CapturePoint, Role


def step(node, role, *interfaces, form="plain", pod=None, number=1, routed=(0, 0)):
    """Return an expected hop."""
    return Step(node, role, form, "source", number, routed, interfaces, pod, optional=False)


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


def frames(*path, points=POINTS):
    """Return the frames of a path: its steps, and where they may be seen."""
    places = step_points_frame([path], points)
    return steps_frame([path], places), places


STEPS, PLACES = frames(*PATH)


def variants(*rows):
    """Return variants: (point, form, second)."""
    schema = ["variant", "direction", "path", "point", "form", "second"]
    return pl.DataFrame([(k, 0, 0, *row) for k, row in enumerate(rows)], schema=schema, orient="row")


def test_a_step_inside_a_pod_is_that_pods():
    assert PLACES.select("step", "point").rows() == [(0, 0), (2, 2), (3, 3)]


def test_a_step_names_the_first_capture_point_where_it_may_be_seen():
    twice = (*POINTS, CapturePoint("n1", "eth1", Role.UPLINK, None))
    steps, _ = frames(step("n1", "uplink", "eth1", "eth0"), step("n3", "uplink", "eth0"), points=twice)
    assert steps["point"].to_list() == [2, None]


def test_a_step_says_by_how_much_the_ttl_falls_before_it():
    steps, _ = frames(
        step("n1", "uplink", "eth0", routed=(1, 2)), step("n2", "uplink", "eth0", routed=(0, None))
    )
    assert steps.select("fewest", "most").rows() == [(1, 2), (0, None)]


def test_a_variant_is_at_the_step_of_its_point():
    assert placed(variants((0, "plain", False), (3, "vxlan", False)), STEPS, PLACES)["step"].to_list() == [
        0,
        3,
    ]


def test_a_form_that_no_step_expects_is_at_the_step_of_its_point():
    assert placed(variants((2, "plain", False)), STEPS, PLACES)["step"].to_list() == [2]


def test_a_point_off_the_path_is_no_step():
    assert placed(variants((1, "plain", False)), STEPS, PLACES)["step"].to_list() == [None]


def test_one_uplink_that_is_crossed_twice_is_told_by_form():
    path = (step("n1", "uplink", "eth0"), step("n1", "uplink", "eth0", form="vxlan"))
    seen = placed(variants((2, "vxlan", False), (2, "plain", False)), *frames(*path))
    assert seen["step"].to_list() == [1, 0]


def test_one_veth_that_is_crossed_twice_is_told_by_translation():
    path = (step("n1", "uplink", "eth0"), step("n1", "uplink", "eth0", number=2))
    seen = placed(variants((2, "plain", False), (2, "plain", True)), *frames(*path))
    assert seen["step"].to_list() == [0, 1]


def test_captured_steps_are_watched_in_their_order():
    told = watched(placed(variants((0, "plain", False)), STEPS, PLACES), STEPS, PLACES)
    assert told.select("step", "rank", "ranks").rows() == [(0, 0, 3), (2, 1, 3), (3, 2, 3)]


def test_a_step_that_may_be_elsewhere_is_watched_only_if_seen_here():
    path = (step("n1", "pod", "eth0", pod="a"), step("n1", "uplink", "eth0", "eth1", form="vxlan"))
    both = frames(*path)
    unseen = placed(variants((0, "plain", False)), *both)
    seen = placed(variants((0, "plain", False), (2, "vxlan", False)), *both)
    assert watched(unseen, *both)["step"].to_list() == [0]
    assert watched(seen, *both)["step"].to_list() == [0, 1]


def test_nobody_watches_what_is_encrypted():
    path = (step("n1", "pod", "eth0", pod="a"), step("n1", "uplink", "eth0", form="wireguard"))
    both = frames(*path)
    assert watched(placed(variants((0, "plain", False)), *both), *both)["step"].to_list() == [0]
