"""Runs tasks on a Dask cluster that the user has started.

When a worker dies, Dask gives its task to another one. A task may therefore run twice, so it must write its
files atomically. This module knows nothing of packets. Source: distributed.dask.org, "Client", "Failed
workers".
"""

import logging
import re
import socket
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pcapcheck import __version__
from pcapcheck.errors import InputError
from pcapcheck.scale.executor import TASKS_AHEAD, Argument, Executor, Output, in_order

if TYPE_CHECKING:
    from distributed import Client

ADDRESS: Final = re.compile(r"\w+://(\[[^]]+\]|[^:]+):(\d+)")
CONNECT_TIMEOUT: Final = 10  # seconds for a scheduler to answer
ARRIVAL: Final = 30  # seconds for its first worker to come
ONE: Final = threading.Lock()  # tasks of one process one after the other: each may take all its memory
HOW_TO_START: Final = (
    "start one with `dask scheduler`, and workers with `dask worker tcp://HOST:8786 --nthreads 1`"
)


class DaskExecutor(Executor):
    """The workers of a Dask cluster.

    Args:
        address: the scheduler's address, tcp://host:port.

    Raises:
        InputError: the scheduler cannot be reached or has no workers, or they run another pcapcheck.
    """

    is_remote = True
    is_other_host = True

    def __init__(self, address: str) -> None:
        self._where = f"--scheduler {address}"
        self._client = self._connected(address)
        try:
            self._check_workers()
        except BaseException:
            self.close()
            raise
        self.size = max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def run(
        self, work: Callable[[Argument], Output], tasks: Iterable[Argument]
    ) -> Generator[Output, None, None]:
        """See `Executor.run`."""
        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        def submit(task: Argument) -> Any:
            return self._client.submit(_alone, work, task, pure=False)

        try:
            yield from in_order(submit, tasks, TASKS_AHEAD * self.size)
        except KilledWorker as error:
            what = "a task ended several workers, one after the other: there may be too little memory"
            raise InputError(self._where, what, "give workers more memory, or a smaller --memory") from error
        except (CommClosedError, CancelledError, TimeoutError) as error:
            what = "the connection to the scheduler was lost"
            raise InputError(self._where, what, "see its log, and run again") from error

    def check(self, paths: Iterable[str]) -> None:
        """See `Executor.check`."""
        wanted = {path: size for path, size in _sizes(list(paths)).items() if size is not None}
        for worker, sizes in self._asked(_sizes, list(wanted)).items():
            for path, size in wanted.items():
                if sizes[path] != size:
                    told = "is another file" if sizes[path] is not None else "is not there"
                    fix = "put captures and --scratch into a folder that all machines share, under one path"
                    raise InputError(path, f"it {told} for the worker {worker}", fix)

    def close(self) -> None:
        """Drop the tasks and disconnect; the cluster itself keeps running."""
        self._client.close(timeout=1)  # type: ignore[no-untyped-call]  # of distributed

    def _connected(self, address: str) -> "Client":
        try:
            from distributed import Client
        except ModuleNotFoundError:
            what = "the package `distributed` is not installed"
            raise InputError(self._where, what, "pip install 'pcapcheck[dask]'") from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # errors are reported below, once
        warnings.filterwarnings("ignore", "Sending large graph")
        self._call(address)
        try:
            return Client(address, timeout=CONNECT_TIMEOUT, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TypeError, TimeoutError) as error:
            said = next(iter(str(error).splitlines()), type(error).__name__)
            what = f"there is no Dask scheduler that answers: {said}"
            raise InputError(self._where, what, HOW_TO_START) from None

    def _call(self, address: str) -> None:
        """Make sure that a server listens at the address; Dask alone would retry for a long time."""
        parts = ADDRESS.fullmatch(address)
        if not parts or not 0 < int(parts[2]) < 1 << 16:
            raise InputError(self._where, "this is not the address of a scheduler", "write tcp://HOST:8786")
        end = time.monotonic() + CONNECT_TIMEOUT
        while True:
            try:
                socket.create_connection(
                    (parts[1].strip("[]"), int(parts[2])), timeout=CONNECT_TIMEOUT
                ).close()
                return
            except OSError as error:
                if not isinstance(error, ConnectionRefusedError) or time.monotonic() > end:
                    what = f"nothing answers there: {error.strerror or error}"
                    raise InputError(self._where, what, HOW_TO_START) from None
            time.sleep(0.2)  # it may just be starting

    def _check_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=ARRIVAL)
        except TimeoutError:
            raise InputError(self._where, "the scheduler has no workers", HOW_TO_START) from None
        for worker, version in self._asked(_version()).items():
            if version != __version__:
                has = f"has pcapcheck {version}" if version else "has no pcapcheck"
                what = f"the worker {worker} {has}, but this is {__version__}"
                raise InputError(self._where, what, "install the same version everywhere")

    def _asked(self, question: Callable[..., Any], *told: Any) -> Mapping[str, Any]:
        answers: Mapping[str, Any] = self._client.run(question, *told)
        return answers


def _alone(work: Callable[[Argument], Output], task: Argument) -> Output:
    """Run one task; a worker with several threads runs one at a time."""
    with ONE:
        return work(task)


def _sizes(paths: list[str]) -> dict[str, int | None]:
    """Return the size of each path in bytes: 0 for a folder, None if there is no such file or folder."""
    return {path: _size(Path(path)) for path in paths if path}


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else 0 if path.is_dir() else None
    except OSError:  # it lies in a folder that this process may not enter
        return None


def _version() -> Callable[[], str | None]:
    """Return a function that asks for the version. It is pickled by value, so it needs no pcapcheck there."""

    def version() -> str | None:
        try:
            import pcapcheck
        except ImportError:
            return None
        return pcapcheck.__version__

    return version
