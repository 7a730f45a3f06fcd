"""Interface: what is not said is empty."""

from pcapcheck.capture.interface import CaptureInterface


def test_only_the_link_type_is_always_known():
    one = CaptureInterface(linktype=1)
    assert (one.name, one.filter, one.dropped, one.start, one.end) == ("", "", None, None, None)
