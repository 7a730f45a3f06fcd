"""Text as people paste it, written for tests, and what the reader makes of it."""

from collections import Counter

from pcapcheck.capture.source import open_capture
from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

HEADER = "listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes"
PING = "12:00:01.000100 IP 10.1.0.2 > 10.1.0.3: ICMP echo request, id 7, seq 1, length 64"
PONG = "12:00:01.000900 IP 10.1.0.3 > 10.1.0.2: ICMP echo reply, id 7, seq 1, length 64"


def text_of(folder, *lines, name="report.md"):
    """Write a text and return its path."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def read(path):
    """Return a capture and its packets as one block."""
    capture = open_capture(path)
    (block,) = capture.blocks()
    return capture, block


def field(path, name, **ports):
    """Return one field of all packets of a text; `ports` are dissectors by UDP port."""
    _, block = read(path)
    table = dissector_table({"udp.port": {int(port[1:]): what for port, what in ports.items()}})
    return column(find_layers(block, table), name).tolist()


def places(path):
    """Return how many packets each place of a text has; a place without an owner is its interface."""
    capture = open_capture(path)
    counts = Counter(number for block in capture.blocks() for number in block.interface.tolist())
    found = Counter()
    for number, each in enumerate(capture.interfaces):
        found[each.description.partition(";place=")[2] or each.name] += counts[number]
    return dict(found)
