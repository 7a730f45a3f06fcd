"""The map stage: independent tasks, each of a byte range of a capture, whose results are joined by capture.

It takes captures and a plan of what to read, and gives variants and sightings. Where the tasks run does not
change the results. It knows neither the topology nor rules.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import accumulate, chain, groupby
from operator import itemgetter
from pathlib import Path

from pcapcheck.capture.inputs import Input
from pcapcheck.capture.openfile import STANDARD_INPUT
from pcapcheck.capture.remote import is_url
from pcapcheck.capture.source import Range, open_capture
from pcapcheck.collect.batch import MAX_BATCH, MAX_BATCHED_SIZE
from pcapcheck.collect.capturesummary import CaptureSummary, RangeSummary, join
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.collect.sizing import LARGE, check_room, size_of
from pcapcheck.collect.task import Task, map_range, map_tasks
from pcapcheck.errors import InputError
from pcapcheck.scale.resources import Resources

MIN_TASK_SIZE = 8 << 20  # bytes: a smaller task costs more to start than it saves
TURNS = 2  # tasks for each worker at least, so that none waits long for the last one
Progress = Callable[[int, int], None]  # bytes done, bytes in all


def read_all(
    inputs: Sequence[Input], plan: ReadPlan, using: Resources, progress: Progress | None = None
) -> list[CaptureSummary]:
    """Run the map stage over all captures."""
    return list(read_each(inputs, plan, using, progress))


def read_each(
    inputs: Sequence[Input], plan: ReadPlan, using: Resources, progress: Progress | None = None
) -> Iterator[CaptureSummary]:
    """Run the map stage over all captures, and yield each as soon as it is done, in their order."""
    sizes = [size_of(each) for each in inputs]
    share = _share(sum(sizes), plan, using)
    ranges = [_ranges(each.path, size, share) for each, size in zip(inputs, sizes, strict=True)]
    parts = [(at, part) for at, several in enumerate(ranges) for part in several]
    rows = 0 if using.executor.is_remote else using.budget.waiting // max(len(parts), 1)
    tasks = [
        Task(inputs[at].path, address(inputs[at].path), part, plan, using.scratch, f"map-{number}", rows)
        for number, (at, part) in enumerate(parts)
    ]
    if plan.keep is None and sum(sizes) > LARGE:
        check_room(inputs, using)
    first = list(accumulate((len(several) for several in ranges), initial=0))
    meter = Meter(sum(sizes), progress)
    work = partial(map_tasks, watch=meter.see) if progress and not using.executor.is_remote else map_tasks
    bundles = _bundles(tasks, [sizes[at] for at, _ in parts])
    with closing(using.executor.run(work, bundles)) as results:
        each_part = chain.from_iterable(results)
        owned = ((at, done) for (at, _), done in zip(parts, each_part, strict=True))
        for at, group in groupby(owned, itemgetter(0)):
            found = []
            for _, done in group:
                found.append(done)
                if using.executor.is_remote:
                    meter.see(sizes[at] // len(ranges[at]))
            meter.finish(sizes[at])
            proven = _proven(found, tasks[first[at]], using)
            yield join(inputs[at], proven, plan.keep)


def address(path: str) -> str:
    """Return where a process that runs in another folder finds a capture."""
    return path if path == STANDARD_INPUT or is_url(path) else str(Path(path).absolute())


def _share(total: int, plan: ReadPlan, using: Resources) -> int:
    """Return how many bytes of a file one task reads: fewer if all its sightings are kept."""
    if plan.keep is not None:
        return max(total // using.executor.size, MIN_TASK_SIZE) if using.executor.size > 1 else sys.maxsize
    return min(max(total // (TURNS * using.executor.size), MIN_TASK_SIZE), using.budget.split)


def _ranges(path: str, size: int, share: int) -> Sequence[Range | None]:
    """Cut a file into ranges of about `share` bytes; `_proven` checks the cuts when they have been read."""
    if 2 * size < 3 * share:
        return (None,)
    try:
        capture = open_capture(path)
    except InputError:
        return (None,)
    if not capture.seekable or not capture.size:
        return (None,)
    return capture.cuts(round(capture.size / share))


def _bundles(tasks: Sequence[Task], sizes: Sequence[int]) -> Iterator[tuple[Task, ...]]:
    """Yield the tasks that are done together: one, or several neighbouring ones of small captures."""
    bundle: list[Task] = []
    held = 0
    for task, size in zip(tasks, sizes, strict=True):
        small = task.range is None and 0 < size <= MAX_BATCHED_SIZE
        if bundle and (not small or held + size > MIN_TASK_SIZE or len(bundle) == MAX_BATCH):
            yield tuple(bundle)
            bundle, held = [], 0
        if small:
            bundle.append(task)
            held += size
        else:
            yield (task,)
    if bundle:
        yield tuple(bundle)


def _proven(found: Sequence[RangeSummary], task: Task, using: Resources) -> Sequence[RangeSummary]:
    """Return the results of one capture; if a cut was wrong, read it again in ranges that need no proof."""
    if any(each.error for each in found) or all(each.proven for each in found[:-1]):
        return found
    ranges = open_capture(task.address).ranges(len(found))
    again = [
        replace(task, range=part, name=f"{task.name}-again-{number}") for number, part in enumerate(ranges)
    ]
    return list(using.executor.run(map_range, again))


class Meter:
    """How far the map stage is, in bytes of the captures."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        """`progress` is called after each block that is read in this process, and after each capture."""
        self._total, self._progress = total, progress
        self._done = self._here = 0

    def see(self, size: int) -> None:
        """Count bytes of the capture that is being read; compressed ones have more than their file."""
        self._here += size
        self._tell(self._done + self._here)

    def finish(self, size: int) -> None:
        """Count a capture of this size as done."""
        self._done, self._here = self._done + size, 0
        self._tell(self._done)

    def _tell(self, done: int) -> None:
        if self._progress:
            self._progress(min(done, self._total), self._total)
