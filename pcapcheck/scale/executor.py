"""Executors: they run tasks in this process or in a pool of processes; `dask` has one for a cluster.

Results come back in the order of the tasks, so they do not depend on where the tasks ran. No worker process
outlives a run, even if it ends early or with Ctrl-C. This module knows nothing of packets.
"""

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypeVar

from pcapcheck.errors import InputError

Argument = TypeVar("Argument")
Output = TypeVar("Output")
PromisedResult = TypeVar("PromisedResult", covariant=True)

BREATH = 0.25  # seconds that an interrupt may have to wait: it does not always wake the waiting thread
OWN_THREADS = Path("/proc/self/task")
HARMLESS = {"jemalloc_bg_thd", "polars-ooc-clea"}  # what importing polars starts, and a fork may lose
MISSED = 4  # breaths after which the pool has not noticed that a worker is dead, and never will
TASKS_AHEAD = 2  # for each worker, given out before the first result is taken, so that none waits


class Executor:
    """Workers that serve several stages of a run; use it as a context. This class runs tasks in this process.

    Attributes:
        size: how many tasks may run at a time.
        is_remote: whether tasks run in other processes, which cannot read this one's standard input.
        is_other_host: whether they may run on other machines; large results then belong in a shared folder.
    """

    size = 1
    is_remote = False
    is_other_host = False

    def run(
        self, work: Callable[[Argument], Output], tasks: Iterable[Argument]
    ) -> Generator[Output, None, None]:
        """Yield work(task) for each task, in order.

        Args:
            work: a function at the top level of a module, so that another process can import it.
            tasks: the arguments of `work`; they and the results must be picklable.

        Raises:
            InputError: a worker was killed, as the system does when memory runs out.
        """
        yield from map(work, tasks)

    def check(self, paths: Iterable[str]) -> None:
        """Make sure that the workers see these files as this process does.

        Raises:
            InputError: one does not.
        """

    def close(self) -> None:
        """End the workers."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()


class ProcessPool(Executor):
    """Worker processes on this machine. They start when there are two tasks, and serve all later stages."""

    is_remote = True

    def __init__(self, jobs: int) -> None:
        self.size = jobs
        self._pool: ProcessPoolExecutor | None = None
        self._lost = 0  # breaths since a worker was found dead

    def run(
        self, work: Callable[[Argument], Output], tasks: Iterable[Argument]
    ) -> Generator[Output, None, None]:
        """See `Executor.run`. A single task runs here: no worker is worth its start.

        If a worker dies, new workers repeat the tasks that have no result yet. This is tried once.
        """
        tasks = iter(tasks)
        first = list(islice(tasks, 2))
        if len(first) < 2:
            yield from map(work, first)
            return
        waiting: deque[Argument] = deque()  # given out, and no result yet, in their order

        def give(task: Argument) -> Future[Output]:
            waiting.append(task)
            return self._submit(work, task)

        left: Iterator[Argument] = chain(first, tasks)
        try:
            for last in (False, True):
                try:
                    for done in in_order(give, left, TASKS_AHEAD * self.size, self._look):
                        waiting.popleft()
                        yield done
                    return
                except BrokenProcessPool as error:
                    if last:
                        what = "a worker process was killed: there may be too little memory for this many"
                        raise InputError(
                            f"--jobs {self.size}", what, "give fewer, such as `--jobs 1`"
                        ) from error
                self.close()
                left = chain(list(waiting), left)
                waiting.clear()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Kill the workers: their remaining work is not needed, and an interrupt must not wait for it."""
        if self._pool:
            for process in self._workers():
                process.kill()
            # Otherwise the pool waits for the rest of a result that a killed worker was writing.
            self._pool._result_queue._writer.close()  # type: ignore[attr-defined]  # not in the stubs
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool, self._lost = None, 0

    def _workers(self) -> list[BaseProcess]:
        return list((self._pool._processes or {}).values()) if self._pool else []

    def _look(self) -> None:
        """Notice a worker that died while it wrote a result, because the pool itself waits for the rest.

        Raises:
            BrokenProcessPool: a worker died some time ago.
        """
        self._lost += any(each.exitcode is not None for each in self._workers())
        if self._lost >= MISSED:
            raise BrokenProcessPool("a worker died while it wrote a result")

    def _submit(self, work: Callable[[Argument], Output], task: Argument) -> Future[Output]:
        """Submit a task, which may start a worker; it must not hear Ctrl-C, or it writes a traceback.

        A terminal sends Ctrl-C to every process, and a worker that received it would print a traceback.
        Workers inherit the blocked signals of the process that starts them, so SIGINT is blocked during the
        call. An interrupt in the meantime is delivered after it.
        """
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.size, mp_context=_context())
        if not hasattr(signal, "pthread_sigmask"):  # Windows
            return self._pool.submit(work, task)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return self._pool.submit(work, task)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _context() -> BaseContext:
    """Return how workers start: by a fork while that is safe, which saves their imports.

    A forked process has one thread only, and locks that other threads held stay locked in it. Two threads are
    harmless: jemalloc prepares its own for a fork (pthread_atfork), and the thread that cleans up polars'
    temporary files only waits. With any other thread, such as those that polars computes with, workers are
    spawned.
    """
    others = (file for file in OWN_THREADS.glob("*/comm") if file.parent.name != str(os.getpid()))
    quiet = sys.platform == "linux" and {file.read_text().strip() for file in others} <= HARMLESS
    return multiprocessing.get_context("fork" if quiet else "spawn")


class Promise(Protocol[PromisedResult]):
    """What gives a result later."""

    def result(self, timeout: float | None = None) -> PromisedResult:
        """Wait for the result, at most `timeout` seconds."""

    def done(self) -> bool:
        """Say whether the result is there."""


def in_order(
    submit: Callable[[Argument], Promise[Output]],
    tasks: Iterable[Argument],
    ahead: int,
    look: Callable[[], None] = lambda: None,
) -> Generator[Output, None, None]:
    """Yield the results in the order of the tasks, `ahead` of which are given out before they are asked for.

    A larger `ahead` would pile up results that nobody has taken yet. `look` is called during each wait.
    """
    tasks = iter(tasks)
    waiting = deque(submit(task) for task in islice(tasks, ahead))
    while waiting:
        yield _result(waiting.popleft(), look)
        waiting.extend(submit(task) for task in islice(tasks, 1))


def _result(promise: Promise[Output], look: Callable[[], None]) -> Output:
    """Wait for a result, and listen to Ctrl-C meanwhile."""
    while not promise.done():
        try:
            return promise.result(timeout=BREATH)
        except TimeoutError:
            look()
    return promise.result()
