"""Where tasks run: in this process or in a pool of processes; `cluster` has a third place. No packets here.

Results come back in the order of the tasks, so where they ran changes no result. Whatever ends a run early,
Ctrl-C included, leaves no process behind.
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

BREATH = 0.25  # seconds that an interrupt may have to wait: it does not always wake whoever waits
OWN_THREADS = Path("/proc/self/task")
HARMLESS = {"jemalloc_bg_thd", "polars-ooc-clea"}  # what importing polars starts, and a fork may lose
MISSED = 4  # breaths after which the pool has not noticed that a worker is dead, and never will
TASKS_AHEAD = 2  # for each worker, given out before the first result is taken, so that none waits


class Executor:
    """Workers that stay for several stages of a run; use it as a context. This one works here.

    Attributes:
        size: how many tasks may run at a time.
        is_remote: tasks run in other processes, which cannot read this one's standard input.
        is_other_host: they may run on other machines, so that large results had better lie in a folder.
    """

    size = 1
    is_remote = False
    is_other_host = False

    def run(
        self, work: Callable[[Argument], Output], tasks: Iterable[Argument]
    ) -> Generator[Output, None, None]:
        """Yield work(task) for each task, in order.

        Args:
            work: a function of a module, so that another process can find it.
            tasks: what to do; they and the results can be pickled.

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
        """Let the workers go."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()


class ProcessPool(Executor):
    """Processes of this machine. They start with the first two tasks, and stay."""

    is_remote = True

    def __init__(self, jobs: int) -> None:
        self.size = jobs
        self._pool: ProcessPoolExecutor | None = None
        self._lost = 0  # breaths since a worker was found dead

    def run(
        self, work: Callable[[Argument], Output], tasks: Iterable[Argument]
    ) -> Generator[Output, None, None]:
        """See `Executor.run`. A single task runs here: no worker is worth its start.

        Where a worker dies, what has no result yet is done again, once, by new ones.
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
                        what = "a worker process was killed: there may be too little memory for so many"
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
        """End the workers at once: they have nothing left to do, and an interrupt must not wait for them."""
        if self._pool:
            for process in self._workers():
                process.kill()
            # Else the pool waits for the rest of what one of them was just saying.
            self._pool._result_queue._writer.close()  # type: ignore[attr-defined]  # no stub knows it
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool, self._lost = None, 0

    def _workers(self) -> list[BaseProcess]:
        return list((self._pool._processes or {}).values()) if self._pool else []

    def _look(self) -> None:
        """Notice a worker that died while it said something, since the pool waits for the rest of it.

        Raises:
            BrokenProcessPool: one died some breaths ago.
        """
        self._lost += any(each.exitcode is not None for each in self._workers())
        if self._lost >= MISSED:
            raise BrokenProcessPool("a worker died while it wrote a result")

    def _submit(self, work: Callable[[Argument], Output], task: Argument) -> Future[Output]:
        """Submit a task, which may start a worker; it must not hear Ctrl-C, or it writes a traceback.

        A terminal sends it to all of them. They inherit the signals that are blocked here while they start;
        an interrupt in this moment arrives when it is over.
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
    """Return how workers start: as copies of this process while that is safe, which saves their imports.

    A copy has one thread, and the locks that others held. jemalloc makes its own ready for a fork
    (pthread_atfork), and the thread that clears what polars wrote to disk waits. Once polars has computed,
    or somebody else has started a thread, workers are new processes.
    """
    others = (file for file in OWN_THREADS.glob("*/comm") if file.parent.name != str(os.getpid()))
    quiet = sys.platform == "linux" and {file.read_text().strip() for file in others} <= HARMLESS
    return multiprocessing.get_context("fork" if quiet else "spawn")


class Promise(Protocol[PromisedResult]):
    """What gives a result later."""

    def result(self, timeout: float | None = None) -> PromisedResult:
        """Wait for the result, so many seconds at most."""

    def done(self) -> bool:
        """Say whether it is there."""


def in_order(
    submit: Callable[[Argument], Promise[Output]],
    tasks: Iterable[Argument],
    ahead: int,
    look: Callable[[], None] = lambda: None,
) -> Generator[Output, None, None]:
    """Yield the results in the order of the tasks, `ahead` of which are given out before they are asked for.

    More would pile up results that nobody has taken yet. `look` is called now and then, while one is missing.
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
