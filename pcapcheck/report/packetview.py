"""One packet of the evidence as HTML: its layers with their places and fields, and its bytes.

It takes packets that were read and decoded before (`PacketSeen`), and decides how they look.
"""

from collections.abc import Iterator
from typing import Final

from pcapcheck.report.markup import Markup, join, tag
from pcapcheck.report.packetseen import FieldSeen, PacketSeen
from pcapcheck.report.quantity import count, moment

BYTES_PER_LINE: Final = 16  # as in Wireshark
LAYER_COLOURS: Final = 6  # classes tint0 to tint5 of page.css


def packet_view(packet: PacketSeen) -> Markup:
    """Return a packet that opens on a click, with expected and actual values of fields that break a rule."""
    where = f"{packet.frame.file} frame {packet.frame.frame:,}"
    facts = f"{moment(packet.time)}, {count(packet.length, 'byte')}, {packet.stack}"
    broken = tag("span", f"breaks {', '.join(packet.rules)}", class_="broken") if packet.rules else None
    return tag(
        "details",
        tag("summary", tag("strong", where), " ", facts, " ", broken),
        _judged(packet) if packet.expected else None,
        tag("div", tag("div", *_layers(packet), class_="layers"), tag("pre", _dump(packet)), class_="halves"),
        class_="packet",
    )


def _judged(packet: PacketSeen) -> Markup:
    rows = [
        tag(
            "tr",
            tag("td", tag("code", name)),
            tag("td", expected),
            tag("td", packet.actual.get(name, "absent")),
        )
        for name, expected in packet.expected.items()
    ]
    head = tag("tr", *(tag("th", name, scope="col") for name in ("field", "expected", "actual")))
    return tag("table", tag("thead", head), tag("tbody", *rows), class_="judged")


def _layers(packet: PacketSeen) -> Iterator[Markup]:
    wrong = {
        name.partition("#")[0].removeprefix("inner.").removeprefix("quoted.") for name in packet.expected
    }
    for number, layer in enumerate(packet.layers):
        size = f" at {layer.place}, {count(layer.size, 'byte')}"
        rows = [
            tag(
                "li",
                tag("code", each.name),
                f" {each.value}",
                _place(each),
                class_="wrong" if each.name in wrong else False,
            )
            for each in layer.fields
        ]
        yield tag("h4", tag("span", layer.name, class_=f"tint{number % LAYER_COLOURS}"), size)
        yield tag("ul", *rows)


def _place(field: FieldSeen) -> Markup | None:
    return tag("span", f" @{field.place}", class_="facts") if field.place is not None else None


def _dump(packet: PacketSeen) -> Markup:
    """Return the bytes in hexadecimal, 16 a line, each in the colour of its layer."""
    owner = [""] * len(packet.data)
    for number, layer in enumerate(packet.layers):
        for place in range(layer.place, min(layer.place + layer.size, len(owner))):
            owner[place] = f"tint{number % LAYER_COLOURS}"
    lines = [_line(packet.data, owner, start) for start in range(0, len(packet.data), BYTES_PER_LINE)]
    left = packet.length - len(packet.data)
    return join(*lines, f"and {count(left, 'more byte')}" if left > 0 else None)


def _line(data: bytes, owner: list[str], start: int) -> Markup:
    """Return one line; bytes of one layer that follow each other share an element."""
    parts: list[Markup | str] = [f"{start:04x}  "]
    stop = min(start + BYTES_PER_LINE, len(data))
    at = start
    while at < stop:
        end = at
        while end < stop and owner[end] == owner[at]:
            end += 1
        text = data[at:end].hex(" ")
        parts += [tag("span", text, class_=owner[at]) if owner[at] else text, " "]
        at = end
    shown = "".join(chr(each) if 32 <= each < 127 else "." for each in data[start:stop])
    pad = "   " * (BYTES_PER_LINE - (stop - start))
    return tag("div", join(*parts, f"{pad} {shown}"))
