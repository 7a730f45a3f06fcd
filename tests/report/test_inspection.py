import json
from dataclasses import replace

from pcapcheck.report.inspection import (
    Inspection,
    InterfaceSeen,
    LooksLike,
    TunnelSeen,
    document,
    text,
)

SECOND = 1_000_000_000
EMPTY = Inspection("x.pcap", format="pcap", clock="us")
SEEN = replace(
    EMPTY, packets=3, bytes=300, first=SECOND, last=3 * SECOND, stacks={"eth:ip:tcp": 2, "eth:arp": 1}
)


def shown(*inspections):
    return "".join(text(inspections))


def items(*inspections):
    return json.loads("".join(document(inspections)))["captures"]


def test_a_capture_is_its_name_and_what_is_in_it():
    lines = shown(SEEN).splitlines()
    assert lines[0] == "x.pcap"
    assert lines[1].startswith("  pcap, 3 packets, 300 B")
    assert lines[1].endswith("2 s")
    assert [each.split() for each in lines[3:5]] == [["2", "eth:ip:tcp"], ["1", "eth:arp"]]


def test_one_without_packets_has_no_times():
    assert shown(EMPTY).splitlines() == ["x.pcap", "  pcap, 0 packets"]
    assert (items(EMPTY)[0]["first"], items(SEEN)[0]["first"]) == (None, "1970-01-01T00:00:01Z")


def test_one_that_cannot_be_read_says_why_and_nothing_else():
    assert shown(Inspection("x.pcap", error="it is none")).splitlines() == [
        "x.pcap",
        "  can't be read: it is none",
    ]


def test_an_empty_line_stands_between_two():
    assert shown(EMPTY, EMPTY) == shown(EMPTY) + "\n" + shown(EMPTY)
    assert shown() == ""


def test_an_interface_says_only_what_is_known_of_it():
    known = InterfaceSeen("eth0", "uplink", "Ethernet", 1, 7, "tcp")
    unknown = InterfaceSeen("", "", "Ethernet", 2, None, "")
    lines = shown(replace(SEEN, interfaces=(known, unknown))).splitlines()
    assert "Interface: eth0, uplink, Ethernet, 1 packet, 7 dropped, filter tcp" in lines[2]
    assert lines[3].endswith("Interface: Ethernet, 2 packets")


def test_a_tunnel_has_its_port_and_its_number_by_name():
    tunnels = (
        TunnelSeen("vxlan", 8472, 7, 1),
        TunnelSeen("gre", None, 0, 1),
        TunnelSeen("ipip", None, None, 1),
    )
    told = shown(replace(SEEN, tunnels=tunnels))
    assert "1  vxlan, UDP port 8472, VNI 7\n" in told
    assert "1  gre, key 0\n" in told
    assert "1  ipip\n" in told


def test_a_long_table_is_cut_and_says_so():
    told = shown(replace(SEEN, stacks={f"eth:{number}": 1 for number in range(15)}))
    assert "eth:11\n" in told
    assert "eth:12" not in told
    assert "and 3 more" in told


def test_the_busiest_endpoints_are_named_and_the_others_counted():
    busy = {f"10.0.0.{number}": 10 - number for number in range(8)}
    told = shown(replace(SEEN, endpoints=busy, addresses=20))
    assert "10.0.0.5 (5) and 14 more" in told
    assert "more" not in shown(replace(SEEN, endpoints={"10.0.0.1": 1}, addresses=1))


def test_what_it_looks_like_is_told_with_what_else_it_could_be():
    sure = LooksLike("gre", 0.9, "GRE", ())
    assert "Looks like: gre (GRE, confidence 90 %)\n" in shown(replace(SEEN, looks_like=sure))
    assert "confidence 90 %); it could be a, b" in shown(
        replace(SEEN, looks_like=replace(sure, alternatives=("a", "b")))
    )


def test_notes_are_of_what_is_wrong_with_the_file():
    told = shown(replace(SEEN, notes=("strange",), truncated=True, comments=2, clock="seconds"))
    notes = [line.strip() for line in told.splitlines() if "Note:" in line]
    assert notes == [
        "Note: strange",
        "Note: the capture is truncated at the end",
        "Note: 2 packets with comments",
        "Note: the clock: whole seconds only",
    ]
    assert "clock" not in shown(replace(EMPTY, clock="none"))


def test_the_document_is_json_whatever_a_file_is_called():
    odd = replace(SEEN, file="\udcff.pcap", notes=("\udcff",))
    assert [each["packets"] for each in items(odd, SEEN)] == [3, 3]
    assert items() == []
