"""Resources: workers and a scratch folder, given back however a run ends."""

import contextlib
from pathlib import Path

import pytest

from pcapcheck.errors import InputError
from pcapcheck.scale.executor import Executor, ProcessPool
from pcapcheck.scale.resources import Resources, opened


def test_one_job_works_here_and_two_in_processes():
    with opened(1) as one, opened(2) as two:
        assert (type(one.executor), type(two.executor)) == (Executor, ProcessPool)


def test_scratch_is_removed_after_a_failure(tmp_path):
    with contextlib.suppress(ZeroDivisionError), opened(scratch=str(tmp_path)) as using:
        Path(using.scratch, "a").write_text("b")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_scratch_is_removed_where_there_is_no_scheduler(tmp_path, monkeypatch):
    monkeypatch.setattr("pcapcheck.scale.dask.CONNECT_TIMEOUT", 0.1)
    with pytest.raises(InputError, match="nothing answers"):
        opened(scheduler="tcp://127.0.0.1:9", scratch=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no folder can be made there"):
        opened(scratch=str(tmp_path / "no"))


def test_without_scratch_all_stays_in_memory():
    assert Resources().scratch is None
