"""Resources of a run: its workers, how much each may hold, and the scratch folder that they share.

All of it is given back when the context ends, however it ends.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from pcapcheck import spill
from pcapcheck.budget import ONE_GB, Budget
from pcapcheck.workers import Crew, Pool


@dataclass(frozen=True, slots=True)
class Resources:
    """What a run may use; `opened` gives one with workers and a folder.

    Attributes:
        crew: who does the tasks.
        budget: how much each may hold.
        scratch: an existing folder for what is more, or None: all stays in memory.
    """

    crew: Crew = field(default_factory=Crew)
    budget: Budget = ONE_GB
    scratch: str | None = None
    _held: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._held.close()


def opened(
    jobs: int = 1, scheduler: str | None = None, budget: Budget = ONE_GB, scratch: str | None = None
) -> Resources:
    """Return workers and a scratch folder; use it as a context.

    Args:
        jobs: worker processes of this machine.
        scheduler: of a Dask cluster, whose workers are used in their stead.
        budget: how much each may hold.
        scratch: where the folder is made; None is the system's place.

    Raises:
        InputError: the cluster or the folder cannot be used.
    """
    held = ExitStack()
    try:
        folder = held.enter_context(spill.Scratch(scratch))
        workers = held.enter_context(_crew(jobs, scheduler))
    except BaseException:
        held.close()
        raise
    return Resources(workers, budget, folder.path, held)


def _crew(jobs: int, scheduler: str | None) -> Crew:
    if scheduler is None:
        return Pool(jobs) if jobs > 1 else Crew()
    from pcapcheck.cluster import Cluster  # few runs need it, and it takes a second

    return Cluster(scheduler)
