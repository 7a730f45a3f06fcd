"""Where tasks run: in this process, or in a pool of processes. It knows nothing of packets.

Results come back in the order of the tasks, so the number of workers changes no result.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Task = TypeVar("Task")
Done = TypeVar("Done")


def run(work: Callable[[Task], Done], tasks: Sequence[Task], *, jobs: int = 1) -> Iterator[Done]:
    """Yield work(task) for each task, in order.

    Args:
        work: a function of a module, so that another process can find it.
        tasks: what to do; they and the results can be pickled.
        jobs: how many processes; with 1 everything runs here.
    """
    if jobs <= 1 or len(tasks) <= 1:
        yield from map(work, tasks)
        return
    # A forked child would inherit the locks of threads that numpy and polars started.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=context)
    try:
        yield from pool.map(work, tasks)
    except BaseException:
        for process in list((pool._processes or {}).values()):  # an interrupt must not wait for the tasks
            process.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
