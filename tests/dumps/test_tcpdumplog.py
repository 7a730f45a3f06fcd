import pytest

from pcapcheck.dumps.logs import CaptureLog, read_log


def test_log_has_interface_drops_and_what_was_asked_for():
    text = (
        "/usr/sbin/tcpdump -w /tmp/x.pcap -i eth1 -ieth0\n\n"
        "tcpdump: listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n"
        "7 packets captured\n9 packets received by filter\n2 packets dropped by kernel\n"
    )
    assert read_log(text) == CaptureLog("eth0", 2, ("eth1",))


def test_log_of_one_interface_ignored_nothing():
    assert read_log("listening on any, link-type LINUX_SLL2\n") == CaptureLog("any", None, ())


@pytest.mark.parametrize("text", ["", "nothing of the kind", "tcpdump: eth7: No such device exists\n"])
def test_other_text_says_nothing(text):
    assert read_log(text) is None
