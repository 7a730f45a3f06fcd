"""Opening: the steps with which every run begins.

Takes inputs, topology and settings. It finds the profiles that may matter and the fields to read, opens the
workers, reads the captures and binds them to capture points.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from pcapcheck.bind.filename import stems
from pcapcheck.bind.place import BoundCaptures, fingerprints
from pcapcheck.capture.inputs import Input, Inputs, spool
from pcapcheck.capture.source import open_capture
from pcapcheck.capture.textfile import identifying
from pcapcheck.check.candidates import Candidates, clue_fields, dissectors, find_candidates
from pcapcheck.check.profile import Profile
from pcapcheck.collect.capturesummary import CaptureSummary, unreadable
from pcapcheck.collect.map import Progress as Progress
from pcapcheck.collect.map import address, read_all
from pcapcheck.collect.plan import ReadPlan, fields_to_read
from pcapcheck.collect.sizing import LARGE, size_of
from pcapcheck.correlate.assemble import assemble
from pcapcheck.correlate.network import Network, validate
from pcapcheck.decode.registry import link_type
from pcapcheck.errors import InputError
from pcapcheck.infer.settle import settle
from pcapcheck.run.settings import Settings
from pcapcheck.scale.resources import Resources, opened
from pcapcheck.topology.topology import Topology

FINGERPRINTS_OF_LARGE_POINT: Final = (
    2  # packets of each variant whose strong keys join translated tuples, where nothing else is kept
)
WORTH_WORKERS: Final = 1 << 30  # bytes, where packets are read only
DEBUG: Final = "PCAPCHECK_DEBUG"  # environment variable: every stage checks the frames that it gives
NO_PATHS: Final = Profile("none", "No profile")


def candidates_of(topology: Topology, settings: Settings, *, decoding_only: bool = False) -> Candidates:
    """Return the profiles that may matter; see `find_candidates`."""
    given = (settings.profiles, settings.parameters, settings.rules)
    return find_candidates(topology, *given, decoding_only=decoding_only)


def read_captures(
    inputs: Inputs, plan: ReadPlan, using: Resources, progress: Progress | None
) -> list[CaptureSummary]:
    """Read the captures, and return a summary of each.

    Raises:
        InputError: not one capture could be read.
    """
    sources = (
        spool(inputs.captures, using.scratch)
        if using.executor.is_remote and using.scratch
        else inputs.captures
    )
    using.executor.check([*(address(each.path) for each in sources), using.scratch or ""])
    unknown = identifying(each.path for each in sources)
    captured = read_all(sources, replace(plan, unknown=unknown), using, progress)
    errors = [each.error for each in captured if each.error]
    if len(errors) == len(captured):
        raise unreadable(errors)
    return captured


def resources_of(inputs: Inputs, settings: Settings, *, following: bool = True) -> Resources:
    """Return workers and scratch folder of a run: as many workers as the settings say, or as many as pay."""
    jobs = settings.jobs or suitable_jobs(inputs.captures, following=following)
    return opened(jobs, settings.scheduler, settings.budget, settings.scratch)


def bind_captures(
    inputs: Inputs, topology: Topology, plan: ReadPlan, using: Resources, progress: Progress | None
) -> BoundCaptures:
    """Read the captures and bind them to capture points; without a topology, infer one from them.

    Raises:
        InputError: no capture could be read.
    """
    return settle(read_captures(inputs, plan, using, progress), topology)


def assembled(bound: BoundCaptures, profile: Profile) -> Network:
    """Return the network that the captures show: flows, and the paths that they should take."""
    files = [each.input.shown for each in bound.captured]
    return checked(
        assemble(
            bound.variants,
            fingerprints(bound),
            bound.points,
            files,
            bound.topology,
            profile.path,
            bound.blind,
        )
    )


def checked(network: Network) -> Network:
    """Return the network; where PCAPCHECK_DEBUG is set, after comparing its frames with their schemas."""
    if os.environ.get(DEBUG):
        validate(network)
    return network


def read_plan(profiles: Sequence[Profile], settings: Settings, keep: int | None) -> ReadPlan:
    """Return what to read: all fields that candidates or filters name, decoded as the candidates say."""
    names = [name for each in profiles for rule in each.rules for name in rule.fields]
    decode_as = dissectors(profiles, settings.decode_as)
    fields = fields_to_read([*names, *clue_fields(profiles), *settings.selection.fields])
    return ReadPlan(fields, decode_as, keep, since=settings.since, until=settings.until)


def is_one_large_point(inputs: Sequence[Input]) -> bool:
    """Whether there are very many packets of a single capture point, so that nothing can be compared.

    Files that tcpdump -C, -G or -W wrote one after the other are of one capture point.
    """
    names = {(PurePath(each.shown).parent, stems(each.shown)[-1]) for each in inputs}
    if len(names) > 1 or sum(map(size_of, inputs)) <= LARGE:
        return False
    try:
        capture = open_capture(inputs[0].path)
    except InputError:
        return False
    # An index distinguishes packets of several interfaces: the capture is one of all interfaces of a node.
    of_any = any(link_type(each.linktype).indexed for each in capture.interfaces)
    return capture.format == "pcap" and capture.seekable and not of_any


def suitable_jobs(inputs: Sequence[Input], *, following: bool = True) -> int:
    """Return how many processes to use: one for each core if that saves more time than their start takes.

    Following a packet over several points takes as long as reading thirty packets.
    """
    worth = LARGE if following and not is_one_large_point(inputs) else WORTH_WORKERS
    return os.cpu_count() or 1 if sum(map(size_of, inputs)) > worth else 1
