"""The journey in code: map captures, bind them to points, correlate, judge; a Report at the end.

This is the only module that calls every stage; `run/flows.py` calls the first few. It gives a `Result`, and
neither opens files itself nor prints anything.
"""

from dataclasses import dataclass, replace

import polars as pl

from pcapcheck.bind.place import BoundCaptures
from pcapcheck.capture.inputs import Inputs
from pcapcheck.check.candidates import Candidates
from pcapcheck.check.choice import Chosen, choose, named
from pcapcheck.check.detect import Scenery
from pcapcheck.check.detection import detection_frame
from pcapcheck.check.profile import differing
from pcapcheck.check.rules import Option, with_parameters
from pcapcheck.check.selection import narrow, narrowed
from pcapcheck.compare.side import Side
from pcapcheck.correlate.network import Network
from pcapcheck.follow.reduce import reduce_all
from pcapcheck.outcome.outcomes import outcomes
from pcapcheck.report.judge import JudgeOptions, judge
from pcapcheck.report.report import FlowSummary, Report
from pcapcheck.report.summaries import summaries
from pcapcheck.run.dataset import sightings_frame
from pcapcheck.run.opening import (
    FINGERPRINTS_OF_LARGE_POINT,
    NO_PATHS,
    Progress,
    assembled,
    bind_captures,
    candidates_of,
    checked,
    is_one_large_point,
    read_plan,
    resources_of,
)
from pcapcheck.run.settings import Settings as Settings
from pcapcheck.scale.resources import Resources
from pcapcheck.topology.topology import Topology


def run(inputs: Inputs, topology: Topology, settings: Settings, progress: Progress | None = None) -> Report:
    """Check the captures against the profiles and the topology.

    Raises:
        InputError: a profile, parameter, rule or flow cannot be used, or nothing could be read.
    """
    with resources_of(inputs, settings) as using:
        seen = see(inputs, topology, settings, using, progress)
    return judged(seen, settings)


def run_with_sightings(inputs: Inputs, topology: Topology, settings: Settings) -> tuple[Report, pl.DataFrame]:
    """Check as `run` does, and return every sighting of the selected flows (columns: run/dataset.py).

    Raises:
        InputError: as `run`.
    """
    with resources_of(inputs, settings) as using:
        seen = see(inputs, topology, settings, using, every=True)
        sightings = sightings_frame(seen.bound, seen.network, using)
    return judged(seen, settings), sightings


def run_with_packets(
    inputs: Inputs, topology: Topology, settings: Settings, progress: Progress | None = None
) -> tuple[Report, pl.DataFrame]:
    """Check as `run` does, and return every packet of the selected flows: file (position), frame.

    Raises:
        InputError: as `run`.
    """
    with resources_of(inputs, settings) as using:
        seen = see(inputs, topology, settings, using, progress, every=True)
        packets = _packets(seen)
    return judged(seen, settings), packets


def look_at(
    inputs: Inputs,
    topology: Topology,
    settings: Settings,
    before: Side | None = None,
    progress: Progress | None = None,
) -> Side:
    """Return what `diff` and `learn` need to know of one set of captures.

    Args:
        inputs: the captures.
        topology: the intended network.
        settings: what the run was told.
        before: the set that this one is compared with; its profile is used if the user named none.
        progress: called with the number of bytes that were read.

    Raises:
        InputError: as `run`.
    """
    if before and before.report.profiles and not settings.profiles and not topology.profile:
        settings = replace(settings, profiles=(before.report.profiles[0].name,))
    with resources_of(inputs, settings) as using:
        seen = see(inputs, topology, settings, using, progress)
    return Side(seen.network, seen.chosen.main or NO_PATHS, judged(seen, settings))


def judged(seen: "Correlated", settings: Settings) -> Report:
    """Judge what was seen."""
    report = judge(seen.network, seen.bound, JudgeOptions(seen.chosen, settings.fail_on, settings.rules))
    damage = [f"{each.input.shown}: {note}" for each in seen.bound.captured for note in each.notes]
    return replace(report, notes=(*damage, *report.notes, *seen.notes))


def follow_flows(
    inputs: Inputs, topology: Topology, settings: Settings, progress: Progress | None = None
) -> tuple[FlowSummary, ...]:
    """Return the selected flows hop by hop, without judging them.

    Raises:
        InputError: as `run`.
    """
    with resources_of(inputs, settings) as using:
        return summaries(see(inputs, topology, settings, using, progress).network)


def guess_topology(inputs: Inputs, settings: Settings, progress: Progress | None = None) -> Topology:
    """Return the network that captures alone show, with the profile that fits if only one does.

    A check without a topology uses the same network. Its `inferred` and `notes` say what was guessed.

    Raises:
        InputError: as `run`.
    """
    with resources_of(inputs, settings) as using:
        seen = see(inputs, Topology(), settings, using, progress)
    topology, chosen = seen.network.topology, seen.chosen
    notes = (*(f"{each.name}: {each.evidence}" for each in chosen.used), *chosen.notes, *topology.notes)
    if chosen.main is None or any(each.alternatives for each in chosen.used):
        return replace(topology, notes=notes)
    shipped = {each.name: each for each in candidates_of(Topology(), settings).profiles}[chosen.main.name]
    return replace(topology, profile=shipped.name, parameters=differing(chosen.main, shipped), notes=notes)


def contradicted_by(inputs: Inputs, topology: Topology, settings: Settings) -> tuple[str, ...]:
    """Return what the packets contradict in a topology, one sentence each.

    Raises:
        InputError: as `run`.
    """
    with resources_of(inputs, settings) as using:
        return see(inputs, topology, settings, using, None).network.topology.contradicted


@dataclass(frozen=True, slots=True)
class Correlated:
    """What the captures show, before it is judged; `notes` say what was left out."""

    network: Network
    bound: BoundCaptures
    chosen: Chosen
    notes: tuple[str, ...]


def see(
    inputs: Inputs,
    topology: Topology,
    settings: Settings,
    using: Resources,
    progress: Progress | None = None,
    *,
    every: bool = False,
) -> Correlated:
    """Read the captures, bind them, choose a profile, correlate and follow packets; judge nothing.

    Args:
        inputs: the captures.
        topology: the intended network.
        settings: what the run was told.
        using: the workers and the scratch folder, which must exist as long as the sightings are needed.
        progress: called with the number of bytes that were read.
        every: keep all sightings, also if there is only one large capture.

    Raises:
        InputError: as `run`.
    """
    candidates = candidates_of(topology, settings)
    keep = FINGERPRINTS_OF_LARGE_POINT if is_one_large_point(inputs.captures) and not every else None
    plan = read_plan(candidates.profiles, settings, keep)
    bound = bind_captures(inputs, topology, plan, using, progress)
    chosen = _chosen(candidates, bound, settings)
    whole = assembled(bound, chosen.main or NO_PATHS)
    network = narrow(whole, settings.selection)
    notes = (narrowed(whole, network),) if settings.selection else ()
    if len(bound.points) > 1 or (keep is None and not every):
        network = reduce_all(bound, network, using)
    network = checked(replace(network, outcomes=outcomes(network)))
    return Correlated(network, bound, chosen, notes)


def _chosen(candidates: Candidates, bound: BoundCaptures, settings: Settings) -> Chosen:
    """Return the profiles to check against; parameters that `--set` gives are not read from the captures."""
    votes = {name: counts for name, counts in bound.votes.items() if name not in settings.parameters}
    if candidates.named:
        return named(candidates.profiles, votes)
    seen = detection_frame(bound.variants, bound.points, bound.topology)
    chosen = choose(candidates.profiles, Scenery(seen, bound.points, bound.topology), votes)
    if chosen.main:
        with_parameters(chosen.main, settings.parameters, Option("--set"))  # it must know them all
    return chosen


def _packets(seen: Correlated) -> pl.DataFrame:
    """Return the packets of all selected variants: file, frame."""
    names = seen.network.variants.select("file", pl.col("local").alias("variant"))
    parts = [
        kept.load()
        .join(names.filter(pl.col("file") == number), on="variant", how="semi")
        .select(pl.lit(number, pl.Int64).alias("file"), "frame")
        for number, each in enumerate(seen.bound.captured)
        for kept in each.sightings
    ]
    return pl.concat(parts) if parts else pl.DataFrame(schema={"file": pl.Int64, "frame": pl.Int64})
