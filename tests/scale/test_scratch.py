"""Scratch: frames that come back as they were, and full disks."""

from pathlib import Path

import polars as pl
import pytest

from pcapcheck.errors import InputError
from pcapcheck.scale import scratch
from pcapcheck.scale.scratch import Scratch

FRAME = pl.DataFrame({"a": [1, 2, 3], "b": ["x", None, "z"]})


def test_a_small_frame_stays_in_memory(tmp_path):
    assert scratch.store(FRAME, str(tmp_path), "name", rows=3) is FRAME


def test_a_large_frame_comes_back_as_it_was(tmp_path):
    kept = scratch.store(FRAME, str(tmp_path), "name", rows=2)
    assert scratch.height(kept) == 3
    assert scratch.load(kept).equals(FRAME)
    assert [file.name for file in tmp_path.iterdir()] == ["name.arrow"]


def test_without_a_folder_a_frame_stays_in_memory():
    assert scratch.store(FRAME, None, "name", rows=0) is FRAME


def test_the_folder_is_removed(tmp_path):
    with Scratch(str(tmp_path)) as folder:
        scratch.store(FRAME, folder.path, "name", rows=0)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_in_one_sentence(tmp_path, monkeypatch):
    full = OSError(28, "No space left on device")
    monkeypatch.setattr(pl.DataFrame, "write_ipc", lambda *_, **__: (_ for _ in ()).throw(full))
    with pytest.raises(InputError, match="the disk is full"):
        scratch.write(FRAME, str(tmp_path), "name")


def test_what_is_no_full_disk_is_no_mistake_of_the_user(tmp_path):
    with pytest.raises(OSError, match=r"[Nn]o such file"):
        scratch.write(FRAME, str(tmp_path / "gone"), "name")


def test_too_little_room_is_found_before_the_work(tmp_path):
    scratch.check_room(str(tmp_path), 1)
    with pytest.raises(InputError, match=r"about 1000000\.0 GB are needed there"):
        scratch.check_room(str(Path(tmp_path)), 10**15)


@pytest.mark.parametrize("rows", [0, 9])
def test_only_rows_that_are_asked_for_come_back(tmp_path, rows):
    kept = scratch.store(FRAME, str(tmp_path), "name", rows=rows)
    assert scratch.only(kept, pl.DataFrame({"a": [3, 1]}))["b"].to_list() == ["x", "z"]


def test_what_is_forgotten_takes_no_room(tmp_path):
    scratch.forget(scratch.store(FRAME, str(tmp_path), "name", rows=0))
    scratch.forget(FRAME)
    assert list(tmp_path.iterdir()) == []


def test_frames_that_are_much_together_are_one_file(tmp_path):
    frames = [FRAME, FRAME.clear(), FRAME[:1]]
    kept = scratch.store_each(frames, str(tmp_path), "name", rows=3)
    assert [file.name for file in tmp_path.iterdir()] == ["name.arrow"]
    assert [scratch.height(each) for each in kept] == [3, 0, 1]
    assert all(scratch.take(each).equals(frame) for each, frame in zip(kept, frames, strict=True))
    assert scratch.only(kept[2], pl.DataFrame({"a": [1, 2]}))["b"].to_list() == ["x"]


def test_frames_that_are_little_together_stay_in_memory(tmp_path):
    frames = [FRAME, FRAME[:1]]
    assert scratch.store_each(frames, str(tmp_path), "name", rows=4) is frames
    assert scratch.store_each([FRAME], str(tmp_path), "name", rows=0) == [str(tmp_path / "name.arrow")]
