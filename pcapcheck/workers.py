"""Where tasks run: in this process, or in a pool of processes. It knows nothing of packets.

Results come back in the order of the tasks, so the number of workers changes no result. Whatever ends a run
early, Ctrl-C included, leaves no process behind.
"""

import multiprocessing
import signal
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from pcapcheck.errors import InputError

Task = TypeVar("Task")
Done = TypeVar("Done")


def run(work: Callable[[Task], Done], tasks: Sequence[Task], *, jobs: int = 1) -> Generator[Done, None, None]:
    """Yield work(task) for each task, in order.

    Args:
        work: a function of a module, so that another process can find it.
        tasks: what to do; they and the results can be pickled.
        jobs: how many processes; with 1 everything runs here.

    Raises:
        InputError: a worker was killed, as the system does when memory runs out.
    """
    if jobs <= 1 or len(tasks) <= 1:
        yield from map(work, tasks)
        return
    # A forked child would inherit the locks of threads that numpy and polars started.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=context)
    try:
        for future in _submitted(pool, work, tasks):
            yield future.result()
    except BrokenProcessPool as error:
        what = "a worker process was killed: there may be too little memory for so many"
        raise InputError(f"--jobs {jobs}", what, "give fewer, such as `--jobs 1`") from error
    except BaseException:
        for process in list((pool._processes or {}).values()):  # an interrupt must not wait for the tasks
            process.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _submitted(
    pool: ProcessPoolExecutor, work: Callable[[Task], Done], tasks: Sequence[Task]
) -> list[Future[Done]]:
    """Submit the tasks, which starts the workers; these must not hear Ctrl-C, or each writes a traceback.

    A terminal sends it to all of them. They inherit the signals that are blocked here while they start; an
    interrupt in this moment arrives when it is over.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        return [pool.submit(work, task) for task in tasks]
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return [pool.submit(work, task) for task in tasks]
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
