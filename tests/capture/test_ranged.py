"""Ranged: windows of a remote file; no byte is fetched twice."""

from pcapcheck.capture.remote import Ranged

DATA = bytes(range(100))


class Counted:
    """A remote file that counts what is asked for."""

    size = len(DATA)

    def __init__(self):
        self.asked = []

    def read(self, start, stop):
        self.asked.append((start, stop))
        return DATA[start:stop]


def test_a_window_is_the_bytes_that_were_asked_for():
    window = Ranged(Counted()).window(10, 20)
    assert (window.data.tobytes(), window.start, window.final) == (DATA[10:30], 10, False)


def test_what_the_last_window_had_is_not_fetched_again():
    remote = Counted()
    windows = Ranged(remote)
    windows.window(0, 40)
    assert windows.window(30, 40).data.tobytes() == DATA[30:70]
    assert remote.asked == [(0, 40), (40, 70)]


def test_the_last_window_is_final():
    assert Ranged(Counted()).window(90, 40).final


def test_behind_the_end_there_is_nothing():
    window = Ranged(Counted()).window(100, 40)
    assert (len(window.data), window.final) == (0, True)


def test_one_may_go_back():
    windows = Ranged(Counted())
    windows.window(50, 10)
    assert windows.window(0, 10).data.tobytes() == DATA[:10]
