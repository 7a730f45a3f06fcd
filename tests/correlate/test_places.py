"""Steps of expected paths as a frame."""

import polars as pl
from directed import network as sparse

from pcapcheck.correlate.paths import Step
from pcapcheck.correlate.steps import places, stays


def step(node, role):
    return Step(node, role, "plain", "source", 1, (0, 0), ("eth0",), None, False)


def network(*steps):
    """Return a network with one direction, whose path has these steps, all watched."""
    ranks = range(len(steps))
    watched = pl.DataFrame({"direction": [0] * len(steps), "step": ranks, "rank": ranks})
    directions = pl.DataFrame({"direction": [0], "path": [0]})
    return sparse(directions=directions, paths=(steps,), watched=watched)


def test_each_watched_step_has_its_role_and_node():
    told = places(network(step("a", "vtep"), step("a", "uplink"), step("b", "uplink")))
    assert told.sort("rank")["role"].to_list() == ["vtep", "uplink", "uplink"]
    assert told.sort("rank")["node"].to_list() == ["a", "a", "b"]


def test_a_place_that_is_crossed_twice_says_so():
    told = places(network(step("a", "uplink"), step("b", "uplink"), step("a", "uplink")))
    assert told.sort("rank")["crossings"].to_list() == [2, 1, 2]


def test_a_stay_at_one_node_holds_all_its_steps():
    told = stays(
        places(network(step("a", "vtep"), step("a", "uplink"), step("b", "uplink"), step("a", "uplink")))
    )
    first, second, again = told["stay"].unique().sort().to_list()
    assert told.select("rank", "stay").rows() == [(0, first), (1, first), (2, second), (3, again)]
