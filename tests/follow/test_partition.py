"""Partitions: however small they are, the report is the same; a flow that is too large is refused."""

from pathlib import Path

import pytest
import shared

from pcapcheck.capture.inputs import find_inputs
from pcapcheck.errors import InputError
from pcapcheck.report.formats import json
from pcapcheck.run.check import run
from pcapcheck.run.settings import Settings
from pcapcheck.scale.memory import BASE, FOLLOWED, Budget
from pcapcheck.topology.load import load_topology

SAMPLES = Path(__file__).parents[2] / "samples"


def report(folder, budget=None, jobs=1):
    settings = Settings(jobs=jobs, **({"budget": budget} if budget else {}))
    inputs = find_inputs((str(folder),))
    return "".join(json.write(run(inputs, load_topology(inputs.topology.path), settings)))


def room_for(sightings, *, given=False):
    """Return a budget under which so many sightings are followed at a time."""
    return Budget(BASE + 2 * FOLLOWED * sightings, given=given)


@pytest.mark.parametrize(
    "sample", ["flannel-external", "flannel-vxlan-dropped-at-hop", "calico-ipip-tunnel-blocked"]
)
def test_small_partitions_do_not_change_the_report(sample):
    assert report(SAMPLES / sample, room_for(30)) == report(SAMPLES / sample)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", shared.scenarios())
def test_small_partitions_do_not_change_the_report_of_a_shared_scenario(scenario):
    folder = shared.CAPTURES / scenario
    assert report(folder, room_for(30)) == report(folder)


def test_a_flow_that_is_too_large_is_refused_where_a_ceiling_was_given():
    with pytest.raises(InputError, match=r"the flow \S+ has \d+ sightings, which are followed together"):
        report(SAMPLES / "flannel-vxlan", room_for(1, given=True))


def test_what_nobody_limited_is_followed_all_the_same():
    assert report(SAMPLES / "flannel-vxlan", room_for(1)) == report(SAMPLES / "flannel-vxlan")
