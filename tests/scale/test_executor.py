"""Workers: results in order wherever tasks run; what ends early leaves nobody behind."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from pcapcheck.errors import InputError
from pcapcheck.scale.executor import TASKS_AHEAD, Executor, ProcessPool, in_order


def double(number):
    return 2 * number


def slower_first(number):
    time.sleep(0.3 if number == 0 else 0)
    return number, os.getpid()


def suicide(number):
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(task):
    """Kill the worker that does the task first."""
    number, marker = task
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_while_it_writes(task):
    """Kill the worker that does the task first, in the middle of what it says."""
    number, marker = task
    if marker.exists():
        return number
    marker.touch()
    saying = threading.main_thread().ident

    def watch():
        while sys._current_frames()[saying].f_code.co_name != "_send":
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    return bytes(300_000_000)


def say_much(number):
    return bytes(300_000_000)


def time_out(number):
    raise TimeoutError(number)


def refuse(number):
    raise InputError("a.pcap", "no", "yes")


class Now:
    def __init__(self, value):
        self.value = value

    def result(self, timeout=None):
        return self.value

    def done(self):
        return True


def test_one_process_works_here():
    assert list(Executor().run(slower_first, [1])) == [(1, os.getpid())]


def test_results_come_in_the_order_of_the_tasks():
    with ProcessPool(2) as pool:
        numbers, processes = zip(*pool.run(slower_first, range(4)), strict=True)
    assert numbers == (0, 1, 2, 3)
    assert os.getpid() not in processes


def test_workers_stay_for_the_next_stage():
    with ProcessPool(1) as pool:
        first = {process for _, process in pool.run(slower_first, range(2))}
        second = {process for _, process in pool.run(slower_first, range(2))}
    assert first == second


def test_a_single_task_starts_no_worker():
    with ProcessPool(2) as pool:
        assert list(pool.run(slower_first, [1])) == [(1, os.getpid())]


@pytest.mark.parametrize("work", [die_once, die_while_it_writes])
def test_what_a_killed_worker_leaves_is_done_by_another(tmp_path, work):
    tasks = [(number, tmp_path / ("kills" if number == 3 else "harmless")) for number in range(12)]
    (tmp_path / "harmless").touch()
    with ProcessPool(2) as pool:
        assert list(pool.run(work, tasks)) == list(range(12))
    assert multiprocessing.active_children() == []


def test_workers_can_be_sent_away_while_they_write():
    with ProcessPool(2) as pool:
        results = pool.run(say_much, range(8))
        next(results)
        time.sleep(0.05)
        results.close()
    assert multiprocessing.active_children() == []


def test_a_killed_worker_is_told_of():
    with ProcessPool(2) as pool, pytest.raises(InputError, match="a worker process was killed"):
        list(pool.run(suicide, range(2)))


def test_a_mistake_of_the_user_comes_back_whole():
    with ProcessPool(2) as pool, pytest.raises(InputError, match=r"a\.pcap: no"):
        list(pool.run(refuse, range(2)))


def test_a_task_that_times_out_says_so():
    with ProcessPool(2) as pool, pytest.raises(TimeoutError):
        list(pool.run(time_out, range(2)))


def test_who_stops_early_leaves_no_process():
    with ProcessPool(2) as pool:
        results = pool.run(time.sleep, [0, 60, 60])
        next(results)
        results.close()
        assert multiprocessing.active_children() == []


def test_few_tasks_are_given_out_ahead():
    given = []
    results = in_order(lambda task: given.append(task) or Now(task), range(100), TASKS_AHEAD)
    next(results)
    assert len(given) == TASKS_AHEAD
    assert list(results) == list(range(1, 100))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are always new processes")
def test_workers_are_copies_until_polars_has_computed():
    script = (
        "import polars, multiprocessing; from pcapcheck.scale import executor; "
        "print(executor._context().get_start_method()); "
        "polars.DataFrame({'a': [2, 1]}).sort('a'); "
        "print(executor._context().get_start_method())"
    )
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", script]
    told = subprocess.run(command, capture_output=True, check=True, text=True, env=environment)
    assert told.stdout.split() == ["fork", "spawn"]
