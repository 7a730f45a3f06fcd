from captures_build import pcap

from pcapcheck.capture.inputs import find_inputs
from pcapcheck.dumps.logs import logged

LOG = "tcpdump -i a -i eth0 -w x\ntcpdump: listening on eth0, link-type EN10MB\n5 packets dropped by kernel\n"


def test_capture_alone_beside_a_log_is_of_its_interface(tmp_path):
    (tmp_path / "x.pcap").write_bytes(pcap())
    (tmp_path / "tcpdump.log").write_text(LOG)
    (entry,), notes = logged(find_inputs((str(tmp_path),)))
    assert (entry.pattern, entry.interface, entry.dropped) == ("x.pcap", "eth0", 5)
    assert [each.partition(": ")[2] for each in notes] == [
        "tcpdump was asked for a too, and listened on eth0 only",
        "tcpdump says that the kernel dropped 5 packets",
    ]


def test_of_two_captures_nobody_knows_which_is_meant(tmp_path):
    for name in ("x.pcap", "y.pcap"):
        (tmp_path / name).write_bytes(pcap())
    (tmp_path / "tcpdump.log").write_text(LOG)
    assert logged(find_inputs((str(tmp_path),))) == ((), ())
