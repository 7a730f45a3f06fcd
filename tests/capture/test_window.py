"""Windows: a map, reads, or a stream give the same bytes."""

import io

import pytest

from pcapcheck.capture.window import MappedFile, ReadWindows, Streamed

DATA = bytes(range(256)) * 64


class Trickle(io.RawIOBase):
    """A pipe that gives a byte at a time."""

    def __init__(self, data):
        super().__init__()
        self._data = io.BytesIO(data)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self._data.readinto(memoryview(buffer)[:1])


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data"
    path.write_bytes(DATA)
    return io.FileIO(path)


KINDS = {
    "mapped": MappedFile,
    "read": ReadWindows,
    "streamed": Streamed,
    "trickle": lambda file: Streamed(Trickle(DATA)),
}


@pytest.fixture(params=KINDS)
def windows(request, file):
    made = KINDS[request.param](file)
    yield made
    made.close()
    file.close()


def test_window_starts_where_it_was_asked_for(windows):
    window = windows.window(1000, 5000)
    assert (window.start, window.final) == (1000, False)
    assert window.data[:5000].tobytes() == DATA[1000:6000]


def test_last_window_is_final(windows):
    window = windows.window(16000, 5000)
    assert window.final
    assert window.data.tobytes() == DATA[16000:]


def test_window_at_the_end_is_empty_and_final(windows):
    window = windows.window(len(DATA), 10)
    assert (len(window.data), window.final) == (0, True)


def test_asking_for_more_gives_more(windows):
    assert len(windows.window(0, 100).data) < len(windows.window(0, 400).data)


def test_windows_one_after_another_are_the_whole(windows):
    position, got, final = 0, b"", False
    while not final:
        window = windows.window(position, 1000)
        got, position, final = got + window.data.tobytes(), position + len(window.data), window.final
    assert got == DATA


def test_window_stays_valid_when_the_next_one_is_taken(windows):
    window = windows.window(0, 100)
    windows.window(5000, 5000)
    windows.forget(5000)
    assert window.data[:100].tobytes() == DATA[:100]


def test_window_stays_valid_when_windows_are_closed(windows):
    window = windows.window(0, 100)
    windows.close()
    assert window.data[:100].tobytes() == DATA[:100]


def test_map_copies_nothing(file):
    windows = MappedFile(file)
    assert windows.window(100, 100).data.base is not None


def test_file_that_is_cut_while_it_is_read_just_ends(file, tmp_path):
    windows = ReadWindows(file)
    (tmp_path / "data").write_bytes(DATA[:100])
    window = windows.window(0, 1000)
    windows.close()
    assert (len(window.data), window.final) == (100, True)


def test_file_that_grows_while_it_is_read_is_read_to_its_new_end(file, tmp_path):
    windows = ReadWindows(file)
    windows.window(0, 100)
    (tmp_path / "data").write_bytes(DATA * 2)
    window = windows.window(0, 100_000)
    windows.close()
    assert len(window.data) == 2 * len(DATA)


def test_stream_is_not_read_backwards():
    windows = Streamed(io.BytesIO(DATA))
    windows.window(100, 100)
    with pytest.raises(ValueError, match="backwards"):
        windows.window(0, 100)


def test_stream_is_not_read_on_while_much_of_it_is_left():
    stream = io.BytesIO(DATA)
    windows = Streamed(stream)
    windows.window(0, 1000)
    windows.window(100, 1000)
    assert stream.tell() == 1000


def test_complaint_is_the_streams():
    stream = Trickle(b"")
    stream.complaint = "damaged"
    assert Streamed(stream).complaint == "damaged"
