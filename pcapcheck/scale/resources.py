"""Resources of a run: its workers, how much each may hold, and the scratch folder that they share.

All of it is given back when the context ends, however it ends.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from pcapcheck.scale.executor import Executor, ProcessPool
from pcapcheck.scale.memory import ONE_GB, Budget
from pcapcheck.scale.scratch import Scratch


@dataclass(frozen=True, slots=True)
class Resources:
    """What a run may use; `opened` gives one with workers and a folder.

    Attributes:
        executor: who does the tasks.
        budget: how much each may hold.
        scratch: an existing folder for what is more, or None: all stays in memory.
    """

    executor: Executor = field(default_factory=Executor)
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
        folder = held.enter_context(Scratch(scratch))
        workers = held.enter_context(_executor(jobs, scheduler))
    except BaseException:
        held.close()
        raise
    return Resources(workers, budget, folder.path, held)


def _executor(jobs: int, scheduler: str | None) -> Executor:
    if scheduler is None:
        return ProcessPool(jobs) if jobs > 1 else Executor()
    from pcapcheck.scale.dask import DaskExecutor  # few runs need it, and it takes a second

    return DaskExecutor(scheduler)
