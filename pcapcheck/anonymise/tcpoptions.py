"""Options of headers, which may contain addresses: those of neighbour discovery are mapped, others blanked.

Kinds and lengths stay, so that headers are decoded as before. The usual options of TCP (MSS, window scale,
SACK, timestamps) contain no addresses and stay.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from pcapcheck.anonymise.pseudonyms import Pseudonyms
from pcapcheck.capture.arrays import Bytes, Ints
from pcapcheck.decode.headers import Headers

END_OPTION, PADDING_OPTION = 0, 1  # options of one byte, in IPv4 and TCP
KEPT_TCP_OPTIONS: Final = (2, 3, 4, 5, 8)  # MSS, window scale, SACK permitted, SACK, timestamps
KEPT_IP_OPTIONS: Final = (148,)  # router alert: RFC 2113
PLAIN_HEADER_BYTES: Final = 20  # bytes of IPv4 or TCP without options
GENEVE_HEADER_BYTES: Final = 8  # bytes of Geneve without options
LINK_LAYER_OPTIONS: Final = (1, 2)  # options of RFC 4861, 4.6: source and target
PREFIX_OPTION, MTU_OPTION, DNS_SERVERS_OPTION = 3, 5, 25  # RFC 4861, 4.6.2 and 4.6.4; RFC 8106, 5.1
# Where options begin in a message, by its type (RFC 4861, 4).
OPTIONS_AT: Final = {133: 8, 134: 16, 135: 24, 136: 24, 137: 40}
REDIRECT_MESSAGE, REDIRECT_DESTINATION_AT = 137, 24


class Work(NamedTuple):
    """The bytes of a block before and after the rewriting, and the pseudonyms."""

    old: Bytes
    new: Bytes
    pseudonyms: Pseudonyms


def rewrite_options(headers: Headers, work: Work) -> None:
    """Rewrite the options of the headers of one protocol."""
    rewrite = OPTION_REWRITERS.get(headers.protocol.name)
    if rewrite and len(headers):
        rewrite(headers, work)


def _ip(headers: Headers, work: Work) -> None:
    _blank_others(headers, work, headers("ip.hdr_len"), KEPT_IP_OPTIONS)


def _tcp(headers: Headers, work: Work) -> None:
    _blank_others(headers, work, headers("tcp.hdr_len"), KEPT_TCP_OPTIONS)


def _blank_others(headers: Headers, work: Work, length: Ints, kept: tuple[int, ...]) -> None:
    """Write zeros into all options of IPv4 or TCP headers except those that are kept."""

    def size(place: Ints, limit: Ints) -> Ints:
        kind, said = work.old[place], work.old[np.minimum(place + 1, limit - 1)].astype(np.int64)
        return np.where(
            kind == END_OPTION, 0, np.where(kind == PADDING_OPTION, 1, np.where(said >= 2, said, 0))
        )

    limit = np.minimum(headers.start + length, headers.stop)
    for place, stop in _walk(headers.start + PLAIN_HEADER_BYTES, limit, size):
        kind = work.old[place]
        other = (kind != PADDING_OPTION) & ~np.isin(kind, kept)
        _blank(work.new, (place + 2)[other], stop[other])


def _geneve(headers: Headers, work: Work) -> None:
    """Write zeros into the data of each option, after class, type and length (RFC 8926, 3.5)."""

    def size(place: Ints, limit: Ints) -> Ints:
        words = work.old[np.minimum(place + 3, limit - 1)].astype(np.int64) & 0x1F
        return np.where(place + 4 <= limit, 4 + 4 * words, 0)

    limit = np.minimum(headers.start + GENEVE_HEADER_BYTES + headers("geneve._options_length"), headers.stop)
    for place, stop in _walk(headers.start + GENEVE_HEADER_BYTES, limit, size):
        _blank(work.new, place + 4, stop)


def _walk(place: Ints, limit: Ints, size: Callable[[Ints, Ints], Ints]) -> Iterator[tuple[Ints, Ints]]:
    """Yield where the first options of all headers begin and end, then their second ones, and so on.

    Args:
        place: int64 (k,), where a list of options begins.
        limit: int64 (k,), where it ends.
        size: gives the bytes of the options at some places; 0 ends a list.
    """
    rows = np.flatnonzero(place < limit)
    place, limit = place[rows], limit[rows]
    while len(place):
        sizes = size(place, limit)
        here = np.flatnonzero(sizes > 0)
        place, limit = place[here], limit[here]
        stop = np.minimum(place + sizes[here], limit)
        yield place, stop
        more = np.flatnonzero(stop < limit)
        place, limit = stop[more], limit[more]


def _blank(data: Bytes, start: Ints, stop: Ints) -> None:
    """Write zeros into ranges: int64 (k,) each."""
    sizes = stop - start
    for size in np.unique(sizes[sizes > 0]).tolist():
        data[start[sizes == size][:, None] + np.arange(size)] = 0


def _routing(headers: Headers, work: Work) -> None:
    """Rewrite the addresses of a routing header (RFC 8200, 4.4; RFC 6275, 6.4; RFC 8754, 2)."""
    for start, stop in _ranges(headers, 8 + 8 * headers("ipv6.routing.len")):
        for place in range(start + 8, stop - 15, 16):
            _address(work, place)


def _neighbour(headers: Headers, work: Work) -> None:
    """Rewrite the addresses in messages of neighbour discovery, except for the target address."""
    kinds = headers("icmpv6.type")
    for kind, body in OPTIONS_AT.items():
        chosen = headers.at(np.flatnonzero(kinds == kind))
        for start, stop in _ranges(chosen, chosen.stop - chosen.start):
            if kind == REDIRECT_MESSAGE and stop - start >= REDIRECT_DESTINATION_AT + 16:
                _address(work, start + REDIRECT_DESTINATION_AT)
            _neighbour_options(work, start + body, stop)


def _neighbour_options(work: Work, start: int, stop: int) -> None:
    while start + 8 <= stop:
        kind, size = int(work.old[start]), 8 * int(work.old[start + 1])
        if size == 0 or start + size > stop:
            break
        _neighbour_option(work, start, kind, size)
        start += size
    work.new[start:stop] = 0


def _neighbour_option(work: Work, start: int, kind: int, size: int) -> None:
    if kind in LINK_LAYER_OPTIONS and size == 8:
        mac = work.pseudonyms.macs.of(int.from_bytes(work.old[start + 2 : start + 8].tobytes(), "big"))
        work.new[start + 2 : start + 8] = np.frombuffer(mac.to_bytes(6, "big"), np.uint8)
    elif kind == PREFIX_OPTION and size == 32:
        _address(work, start + 16)
    elif kind == DNS_SERVERS_OPTION:
        for place in range(start + 8, start + size - 15, 16):
            _address(work, place)
    elif kind != MTU_OPTION:
        work.new[start + 2 : start + size] = 0


def _address(work: Work, start: int) -> None:
    number = int.from_bytes(work.old[start : start + 16].tobytes(), "big")
    mapped = work.pseudonyms.addresses.of(number, 128)
    work.new[start : start + 16] = np.frombuffer(mapped.to_bytes(16, "big"), np.uint8)


def _ranges(headers: Headers, sizes: Ints) -> Iterator[tuple[int, int]]:
    """Yield where each header begins, and where its given number of bytes ends, as far as captured."""
    stop = np.minimum(headers.start + sizes, headers.stop)
    yield from zip(headers.start.tolist(), stop.tolist(), strict=True)


OPTION_REWRITERS: Final[Mapping[str, Callable[[Headers, Work], None]]] = {
    "ip": _ip,
    "tcp": _tcp,
    "geneve": _geneve,
    "ipv6.routing": _routing,
    "icmpv6": _neighbour,
}
