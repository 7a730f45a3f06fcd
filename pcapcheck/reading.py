"""What every run begins with: the profiles that may matter, what to look at, workers, the captures read.

Takes inputs, topology and settings; opens nothing itself. What is done with the captures, `pipeline` and
`flowing` say.
"""

from collections.abc import Callable, Sequence
from typing import Final

from pcapcheck.capture.inputs import Inputs
from pcapcheck.capture.spool import spool
from pcapcheck.captured import Captured, unreadable
from pcapcheck.check.candidates import Candidates, clue_fields, dissectors, find_candidates
from pcapcheck.check.profile import Profile
from pcapcheck.correlate.assembly import assemble
from pcapcheck.correlate.network import Network
from pcapcheck.mapping import address, read_all
from pcapcheck.placing import Placed, strong_keys
from pcapcheck.resources import Resources, opened
from pcapcheck.settings import Settings
from pcapcheck.sizing import suitable_jobs
from pcapcheck.task import Look, fields_to_read
from pcapcheck.topology.topology import Topology

Progress = Callable[[int, int], None]  # bytes of the captures: read, and in all
FEW: Final = 2  # packets of each variant whose strong keys join translated tuples, where nothing else is kept
NO_PATHS: Final = Profile("none", "No profile")


def candidates_of(topology: Topology, settings: Settings, *, decoding_only: bool = False) -> Candidates:
    """Return the profiles that may matter; see `find_candidates`."""
    given = (settings.profiles, settings.parameters, settings.rules)
    return find_candidates(topology, *given, decoding_only=decoding_only)


def read_captures(inputs: Inputs, look: Look, using: Resources, progress: Progress | None) -> list[Captured]:
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


def resources_of(inputs: Inputs, settings: Settings, *, following: bool = True) -> Resources:
    """Return what a run may use: as many workers as were asked for, else as many as pay."""
    jobs = settings.jobs or suitable_jobs(inputs.captures, following=following)
    return opened(jobs, settings.scheduler, settings.budget, settings.scratch)


def assembled(placed: Placed, topology: Topology, profile: Profile) -> Network:
    """Put the captures together: flows, and the paths that they should take."""
    files = [each.input.shown for each in placed.captured]
    return assemble(placed.variants, strong_keys(placed), placed.points, files, topology, profile.path)


def look_for(profiles: Sequence[Profile], settings: Settings, keep: int | None) -> Look:
    """Return what to read: the fields that any candidate or filter names, decoded as all candidates say."""
    names = [name for each in profiles for rule in each.rules for name in rule.fields]
    decode_as = dissectors(profiles, settings.decode_as)
    fields = fields_to_read([*names, *clue_fields(profiles), *settings.selection.fields])
    return Look(fields, decode_as, keep, settings.since, settings.until)
