"""The journey in code: map captures, bind them to points, correlate, judge; a Result at the end.

The only module that calls every stage; it opens nothing itself and prints nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pcapcheck.capture.inputs import Inputs
from pcapcheck.capture.spool import spool
from pcapcheck.captured import Captured, unreadable
from pcapcheck.check.candidates import Candidates, clue_fields, dissectors, find_candidates
from pcapcheck.check.choice import Chosen, choose, named
from pcapcheck.check.detect import Scenery
from pcapcheck.check.profile import Profile, differing
from pcapcheck.check.rules import Option, with_parameters
from pcapcheck.check.selection import narrow, narrowed
from pcapcheck.check.sight import sight
from pcapcheck.comparing.side import Side
from pcapcheck.correlate.assembly import assemble
from pcapcheck.correlate.flowlist import flow_list
from pcapcheck.correlate.network import Network
from pcapcheck.correlate.strong import KEYS_OF_A_TUPLE
from pcapcheck.correlate.tuples import FIELDS
from pcapcheck.dataset import sightings_frame, write_sightings
from pcapcheck.judging import Judgement, judge
from pcapcheck.mapping import Look, address, fields_to_read, read_all
from pcapcheck.placing import Placed, place, strong_keys
from pcapcheck.reducing import reduce_all
from pcapcheck.report.result import FlowSummary, Result
from pcapcheck.report.summaries import summaries
from pcapcheck.resources import Resources, opened
from pcapcheck.settings import Settings as Settings
from pcapcheck.settling import Settled, settle
from pcapcheck.sizing import is_one_large_point, suitable_jobs
from pcapcheck.topology.topology import Topology

Progress = Callable[[int, int], None]  # bytes of the captures: read, and in all
FEW = 2  # packets of each variant whose strong keys join translated tuples, where nothing else is kept
LINKS = ("sll.ifindex", "sll.pkttype", "sll.hatype", "sll.src.eth")  # what tells interfaces of `any` apart
NO_PATHS = Profile("none", "No profile")


def run(
    inputs: Inputs,
    topology: Topology,
    settings: Settings,
    progress: Progress | None = None,
    *,
    sightings: bool = False,
) -> Result:
    """Check the captures against the profiles and the topology; the result keeps its `sightings` if wanted.

    Raises:
        InputError: a profile, parameter, rule or flow cannot be used, or nothing could be read.
    """
    with _resources(inputs, settings) as using:
        seen = see(inputs, topology, settings, using, progress, every=sightings)
        kept = sightings_frame(seen.placed, seen.network, using) if sightings else None
    return replace(judged(seen, settings), sightings=kept)


def run_with_packets(
    inputs: Inputs, topology: Topology, settings: Settings, progress: Progress | None = None
) -> tuple[Result, pl.DataFrame]:
    """Check as `run` does, and return every packet of the selected flows: file (position), frame.

    Raises:
        InputError: as `run`.
    """
    with _resources(inputs, settings) as using:
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
    """Return what is compared of one set of captures.

    Args:
        inputs: the captures.
        topology: the intended network.
        settings: what the run was told.
        before: the set that this one is compared with; its profile counts where nobody named one.
        progress: is told how much was read.

    Raises:
        InputError: as `run`.
    """
    if before and before.result.profiles and not settings.profiles and not topology.profile:
        settings = replace(settings, profiles=(before.result.profiles[0].name,))
    with _resources(inputs, settings) as using:
        seen = see(inputs, topology, settings, using, progress)
    return Side(seen.network, seen.chosen.main or NO_PATHS, judged(seen, settings))


def judged(seen: "Seen", settings: Settings) -> Result:
    """Judge what was seen."""
    result = judge(seen.network, seen.placed, Judgement(seen.chosen, settings.fail_on))
    damage = [f"{each.input.shown}: {note}" for each in seen.placed.captured for note in each.notes]
    return replace(result, notes=(*damage, *result.notes, *seen.notes))


def follow_flows(
    inputs: Inputs, topology: Topology, settings: Settings, progress: Progress | None = None
) -> tuple[FlowSummary, ...]:
    """Return the selected flows hop by hop; nothing is judged.

    Raises:
        InputError: as `run`.
    """
    with _resources(inputs, settings) as using:
        return summaries(see(inputs, topology, settings, using, progress).network)


def guess_topology(inputs: Inputs, settings: Settings, progress: Progress | None = None) -> Topology:
    """Return the network that captures alone show, with the profile that fits if only one does.

    What the run without a topology takes to be meant, written down: `inferred` and `notes` say what was
    guessed.

    Raises:
        InputError: as `run`.
    """
    with _resources(inputs, settings) as using:
        seen = see(inputs, Topology(), settings, using, progress)
    topology, chosen = seen.network.topology, seen.chosen
    notes = (*(f"{each.name}: {each.evidence}" for each in chosen.used), *chosen.notes, *topology.notes)
    if chosen.main is None or any(each.alternatives for each in chosen.used):
        return replace(topology, notes=notes)
    shipped = {each.name: each for each in _candidates(Topology(), settings).profiles}[chosen.main.name]
    return replace(topology, profile=shipped.name, parameters=differing(chosen.main, shipped), notes=notes)


def list_flows(
    inputs: Inputs, topology: Topology, settings: Settings, progress: Progress | None = None
) -> tuple[pl.DataFrame, tuple[Captured, ...]]:
    """Return the selected flows as `flowlist.flow_list` lists them, and the captures that were read.

    Where the topology is known, tuples and the keys that join them across translation are all that is read;
    and of one large capture, which shows little of a topology and may have very many flows.

    Raises:
        InputError: as `run`.
    """
    candidates = _candidates(topology, settings, decoding_only=True)
    large = is_one_large_point(inputs.captures)
    look = _look(candidates.profiles, settings, FEW if large else KEYS_OF_A_TUPLE)
    known = large or bool(topology.nodes or topology.pods)
    names = (*FIELDS, *LINKS) if known else fields_to_read(())
    look = replace(look, names=(*names, *settings.selection.fields))
    with _resources(inputs, settings, following=False) as using:
        captured = _read(inputs, look, using, progress)
        settled = Settled(place(captured, topology), topology) if known else settle(captured, topology)
        network = _assembled(settled.placed, settled.topology, NO_PATHS)
    return flow_list(narrow(network, settings.selection)), settled.placed.captured


def export(
    inputs: Inputs,
    topology: Topology,
    settings: Settings,
    folder: Path,
    progress: Progress | None = None,
) -> tuple[pl.DataFrame, tuple[Captured, ...]]:
    """Return what `list_flows` returns, and write every sighting of the selected flows to a folder.

    Raises:
        InputError: as `run`, or a disk is full.
    """
    candidates = _candidates(topology, settings, decoding_only=True)
    with _resources(inputs, settings) as using:
        captured = _read(inputs, _look(candidates.profiles, settings, None), using, progress)
        settled = settle(captured, topology)
        network = narrow(_assembled(settled.placed, settled.topology, NO_PATHS), settings.selection)
        write_sightings(settled.placed, network, folder, using)
    return flow_list(network), settled.placed.captured


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run saw, before it is judged; `notes` say what was left out."""

    network: Network
    placed: Placed
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
) -> Seen:
    """Read, bind, choose, correlate and follow; nothing is judged.

    Args:
        inputs: the captures.
        topology: the intended network.
        settings: what the run was told.
        using: workers, and an existing folder; what was spilled there is needed as long as sightings are.
        progress: is told how much was read.
        every: keep all sightings, also where only one large capture was given.

    Raises:
        InputError: as `run`.
    """
    candidates = _candidates(topology, settings)
    keep = FEW if is_one_large_point(inputs.captures) and not every else None
    look = _look(candidates.profiles, settings, keep)
    settled = settle(_read(inputs, look, using, progress), topology)
    placed = settled.placed
    chosen = _chosen(candidates, settled, settings)
    whole = _assembled(placed, settled.topology, chosen.main or NO_PATHS)
    network = narrow(whole, settings.selection)
    notes = (narrowed(whole, network),) if settings.selection else ()
    if len(placed.points) > 1:
        network = reduce_all(placed, network, using)
    return Seen(network, placed, chosen, notes)


def _chosen(candidates: Candidates, settled: Settled, settings: Settings) -> Chosen:
    """Return the profiles to check against; what `--set` gives is not read from the captures."""
    tallies = {name: counts for name, counts in settled.tallies.items() if name not in settings.parameters}
    if candidates.named:
        return named(candidates.profiles, tallies)
    placed, topology = settled.placed, settled.topology
    seen = sight(placed.variants, placed.points, topology)
    chosen = choose(candidates.profiles, Scenery(seen, placed.points, topology), tallies)
    if chosen.main:
        with_parameters(chosen.main, settings.parameters, Option("--set"))  # it must have them all
    return chosen


def _packets(seen: Seen) -> pl.DataFrame:
    """Return the packets of all variants that are left: file, frame."""
    names = seen.network.variants.select("file", pl.col("local").alias("variant"))
    parts = [
        kept.load()
        .join(names.filter(pl.col("file") == number), on="variant", how="semi")
        .select(pl.lit(number, pl.Int64).alias("file"), "frame")
        for number, each in enumerate(seen.placed.captured)
        for kept in each.sightings
    ]
    return pl.concat(parts) if parts else pl.DataFrame(schema={"file": pl.Int64, "frame": pl.Int64})


def _candidates(topology: Topology, settings: Settings, *, decoding_only: bool = False) -> Candidates:
    given = (settings.profiles, settings.parameters, settings.rules)
    return find_candidates(topology, *given, decoding_only=decoding_only)


def _read(inputs: Inputs, look: Look, using: Resources, progress: Progress | None) -> list[Captured]:
    """Run the map stage.

    Raises:
        InputError: not one capture could be read.
    """
    sources = spool(inputs.captures, using.scratch) if using.crew.apart and using.scratch else inputs.captures
    using.crew.check([*(address(each.path) for each in sources), using.scratch or ""])
    captured = read_all(sources, look, using, progress)
    errors = [each.error for each in captured if each.error]
    if len(errors) == len(captured):
        raise unreadable(errors)
    return captured


def _resources(inputs: Inputs, settings: Settings, *, following: bool = True) -> Resources:
    """Return what a run may use: as many workers as were asked for, else as many as pay."""
    jobs = settings.jobs or suitable_jobs(inputs.captures, following=following)
    return opened(jobs, settings.scheduler, settings.budget, settings.scratch)


def _assembled(placed: Placed, topology: Topology, profile: Profile) -> Network:
    """Put the captures together: flows, and the paths that they should take."""
    files = [each.input.shown for each in placed.captured]
    return assemble(placed.variants, strong_keys(placed), placed.points, files, topology, profile.path)


def _look(profiles: Sequence[Profile], settings: Settings, keep: int | None) -> Look:
    """Return what to read: the fields that any candidate or filter names, decoded as all candidates say."""
    names = [name for each in profiles for rule in each.rules for name in rule.fields]
    decode_as = dissectors(profiles, settings.decode_as)
    fields = fields_to_read([*names, *clue_fields(profiles), *settings.selection.fields])
    return Look(fields, decode_as, keep, settings.since, settings.until)
