"""Resources of a run: its workers, the memory that each may take, and the scratch folder that they share.

They are released when the context ends, also after an error.
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
    """What a run may use; `opened` returns one with workers and a folder.

    Attributes:
        executor: it runs the tasks.
        budget: how much each worker may hold in memory.
        scratch: an existing folder for what exceeds the budget; None keeps all in memory.
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
        jobs: worker processes on this machine.
        scheduler: address of a Dask cluster, whose workers are used instead.
        budget: how much each worker may hold in memory.
        scratch: where the folder is made; None is the system's place for temporary files.

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
    from pcapcheck.scale.dask import DaskExecutor  # imported late: few runs need it, and it takes a second

    return DaskExecutor(scheduler)
