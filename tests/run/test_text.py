"""A text is checked like a capture, and what it lacks is said and never held against anybody."""

from pasted import HEADER, text_of

from pcapcheck.api import check, flows

NO_TTL = "no TTL: tcpdump ran without -v"
OUTER = "192.168.0.1.5555 > 192.168.0.2.8472: OTV, flags [I] (0x08), overlay 0, instance 1"
BACK = "192.168.0.2.5555 > 192.168.0.1.8472: OTV, flags [I] (0x08), overlay 0, instance 1"
ASKS = "10.1.0.2 > 10.1.1.3: ICMP echo request, id 7, seq"
TELLS = "10.1.1.3 > 10.1.0.2: ICMP echo reply, id 7, seq"


def console(prompt, device, *lines, footer=None):
    """Return a console with its command and its header."""
    head = [f"root@{prompt}:~# tcpdump -ni {device}", HEADER.replace("eth0", device)]
    count = [f"{footer} packets captured"] if footer is not None else []
    return [*head, *lines, *count, ""]


def pinged(seconds, number, *, answer=True):
    """Return the lines of a ping at node-1's uplink."""
    asked = [f"12:00:0{seconds}.1 IP {OUTER}", f"IP {ASKS} {number}, length 64"]
    told = [f"12:00:0{seconds}.2 IP {BACK}", f"IP {TELLS} {number}, length 64"]
    return asked + (told if answer else [])


def report_of(folder, *, beyond):
    """Return a report with node-1 complete, and with the lines of node-2 that are given."""
    near = [line for n in range(4) for line in pinged(n, n)]
    behind = [
        f"12:00:0{n}.{at}5 IP {way} {n}, length 64" for n in range(4) for at, way in ((0, ASKS), (3, TELLS))
    ]
    return text_of(
        folder,
        *console("node-1", "flannel.1", *behind),
        *console("node-1", "eth0", *near),
        *beyond,
    )


def test_rules_that_need_what_was_not_printed_say_so(tmp_path):
    result = check(report_of(tmp_path, beyond=[]))
    reasons = set(result.report.coverage.not_evaluable.values())
    assert any(NO_TTL in reason for reason in reasons)


def test_console_that_lost_lines_accuses_nobody(tmp_path):
    lines = [line for n in (0, 3) for line in pinged(n, n)]
    result = check(report_of(tmp_path, beyond=console("node-2", "eth0", *lines, footer=8)))
    assert result.diagnoses == ()


def test_flows_of_a_text_have_their_answers(tmp_path):
    assert flows(report_of(tmp_path, beyond=[]))["outcome"].to_list() == ["answered"]
