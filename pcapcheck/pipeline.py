"""The journey in code: map captures, bind them to points, correlate, judge; a Result at the end.

The only module that calls every stage; it opens nothing itself and prints nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pcapcheck import spill
from pcapcheck.capture.inputs import Inputs
from pcapcheck.check.choice import choose
from pcapcheck.check.finding import Severity
from pcapcheck.check.profile import Profile
from pcapcheck.check.rules import Option, load_profile, profile_names, unknown_parameters, with_parameters
from pcapcheck.correlate.assembly import assemble
from pcapcheck.correlate.network import Network
from pcapcheck.judging import Judgement, judge
from pcapcheck.mapping import Look, fields_to_read, is_one_large_point, read_all
from pcapcheck.placing import Placed, place
from pcapcheck.reducing import reduce_all, strong_keys
from pcapcheck.report.result import Result
from pcapcheck.topology.topology import Topology

Progress = Callable[[int, int], None]
FEW = 8  # packets of each variant whose strong keys join translated tuples, where nothing else is kept
NO_PATHS = Profile("none", "No profile")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was told.

    Attributes:
        profiles: names or files; empty: the topology's, else detected.
        parameters: values that `--set` gave.
        decode_as: further dissectors, table -> number -> protocol.
        fail_on: the severity from which a finding is a violation.
        jobs: worker processes.
        since, until: nanoseconds since 1970 UTC.
        scratch: folder for what does not fit memory.
    """

    profiles: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    decode_as: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    fail_on: Severity = Severity.ERROR
    jobs: int = 1
    since: int | None = None
    until: int | None = None
    scratch: str | None = None


def run(inputs: Inputs, topology: Topology, settings: Settings, progress: Progress | None = None) -> Result:
    """Check the captures against the profiles and the topology.

    Raises:
        InputError: a profile or parameter cannot be used.
    """
    named = settings.profiles or ((topology.profile,) if topology.profile else ())
    candidates = [_tuned(load_profile(name), topology, settings) for name in named or profile_names()]
    keep = FEW if is_one_large_point(inputs.captures) else None
    with spill.Scratch(settings.scratch) as scratch:
        placed = place(
            read_all(inputs.captures, _look(candidates, settings, keep), scratch.path, progress), topology
        )
        chosen = choose(candidates, placed.variants, placed.points, named=bool(named))
        network = correlate(placed, topology, chosen.main or NO_PATHS, scratch.path, settings.jobs)
    return judge(network, placed, Judgement(chosen, settings.fail_on))


def correlate(
    placed: Placed, topology: Topology, profile: Profile, scratch: str | None, jobs: int = 1
) -> Network:
    """Put the captures together: flows, paths, and what became of packets between watched steps."""
    files = [each.input.shown for each in placed.captured]
    keys = strong_keys(placed)
    network = assemble(placed.variants, keys, placed.points, files, topology, profile.path)
    return reduce_all(placed, network, scratch, jobs) if len(placed.points) > 1 else network


def _tuned(profile: Profile, topology: Topology, settings: Settings) -> Profile:
    """Return a profile with the topology's parameters, then those of `--set`."""
    if topology.parameters and topology.profile in (None, profile.name):
        unknown = unknown_parameters(profile, topology.parameters)
        known = {name: value for name, value in topology.parameters.items() if name not in unknown}
        profile = with_parameters(profile, known, Option(f"{topology.source}: parameters"))
    if settings.parameters and (settings.profiles or topology.profile):
        profile = with_parameters(profile, settings.parameters, Option("--set"))
    return profile


def _look(profiles: Sequence[Profile], settings: Settings, keep: int | None) -> Look:
    """Return what to read: the fields that any candidate names, decoded as all candidates say."""
    names = [name for each in profiles for rule in each.rules for name in rule.fields]
    names += [
        name
        for each in profiles
        for clue in each.detect
        for name in clue.when
        if name not in ("form", "stack")
    ]
    decode_as: dict[str, dict[int, str]] = {}
    for tables in [*(each.dissectors() for each in profiles), settings.decode_as]:
        for table, numbers in tables.items():
            decode_as.setdefault(table, {}).update(numbers)
    return Look(fields_to_read(names), decode_as, keep, settings.since, settings.until, settings.jobs)
