"""Packet identity: what stays the same of one packet across hops, encapsulation, NAT, TTL and MAC rewriting.

Takes fields of the innermost headers that carry the packet, gives two keys each: `key` with an interval finds a packet again inside one
directed flow, super-packets and fragments included; `strong` finds it across translation. CORRELATION.md, section 1, has the table
and what each choice costs. No address, port, TTL, MAC or checksum is in a key, since these change on the way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pcapcheck.capture.block import Ints
from pcapcheck.correlate.table import mix
from pcapcheck.decode.columns import Column

Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]
Read = Callable[[str], Column]
Columns = dict[str, NDArray[Any]]

KINDS: Final = ("other", "tcp", "udp", "echo", "fragment", "icmp-error", "arp", "nd")
TRANSPORTS: Final = ("", "tcp", "udp", "icmp", "icmpv6", "arp")
FIN, SYN, RST, ACK = 1, 2, 4, 16  # RFC 9293, 3.1
ECHO: Final = {"icmp": (8, 0), "icmpv6": (128, 129)}  # request, reply: RFC 792, RFC 4443
ND: Final = (135, 136)  # neighbour solicitation and advertisement: RFC 4861
ERRORS: Final = {"icmp": (3, 4, 5, 11, 12), "icmpv6": (1, 2, 3, 4)}  # messages that quote a packet
PAYLOAD: Final = tuple(f"_payload{k}" for k in range(4))  # the first 16 bytes, four at a time

SCHEMA: Final[Mapping[str, type[pl.DataType]]] = {
    "kind": pl.UInt8,  # index into KINDS
    "key": pl.UInt64,
    "start": pl.UInt32,  # of the interval, bytes; 0 where there is none
    "length": pl.UInt32,  # of the interval; 0: matched by count
    "strong": pl.UInt64,
    "acked": pl.UInt32,  # TCP acknowledgement number, null without ACK
    "question": pl.UInt32,  # ICMP echo sequence number
    "is_request": pl.Boolean,  # of an echo
    "flags": pl.UInt16,  # of TCP
    "ipid": pl.UInt32,
    "size": pl.UInt32,  # of the innermost IP packet, bytes
    "content": pl.UInt64,  # digest of a UDP payload, 0 where there is none
}


@dataclass(frozen=True, slots=True)
class _Ip:
    """What identity needs of the innermost IP header; every array (n,)."""

    protocol: Words
    ident: Words
    offset: Words
    more: Words
    payload: Words
    size: Words


def identities(read: Read, transports: Words) -> pl.DataFrame:
    """Return the identity of each of `n` packets as a frame of SCHEMA.

    Args:
        read: gives the column of a field by Wireshark's name, (n,).
        transports: uint64 (n,), index into `TRANSPORTS`: what stands behind the innermost IP header.
    """
    n = len(transports)
    ip = _ip(read)
    columns = {name: np.zeros(n, np.int64) for name in ("start", "length", "acked", "question", "flags")}
    columns |= {"kind": np.zeros(n, np.uint8), "key": np.zeros(n, np.uint64)}
    columns |= {
        "strong": np.zeros(n, np.uint64),
        "content": np.zeros(n, np.uint64),
        "is_request": np.zeros(n, bool),
    }
    columns |= {"ipid": ip.ident.astype(np.int64), "size": ip.size.astype(np.int64)}
    is_ = {name: transports == np.uint64(code) for code, name in enumerate(TRANSPORTS)}
    _tcp(read, ip, columns, is_["tcp"])
    _udp(read, ip, columns, is_["udp"])
    _icmp(read, ip, columns, "icmp", is_["icmp"])
    _icmp(read, ip, columns, "icmpv6", is_["icmpv6"])
    _fragments(ip, columns, is_[""])
    columns["kind"][is_["arp"]] = KINDS.index("arp")
    frame = pl.DataFrame({name: columns[name] for name in SCHEMA}).cast(dict(SCHEMA))
    return frame.with_columns(pl.when(pl.col("flags") & ACK != 0).then("acked").alias("acked"))


def _values(read: Read, name: str) -> Words:
    """Return a column with 0 where the field is absent, uint64 (n,)."""
    column = read(name)
    return np.where(column.present, column.values, 0).astype(np.uint64)


def _ip(read: Read) -> _Ip:
    """Read the innermost IP header, whichever version carries the packet."""
    four, six = read("inner.ip.len"), read("inner.ipv6.plen")
    innermost4 = four.present & ~(
        six.present & read("inner.ip.proto").present & (_values(read, "inner.ip.proto") == 41)
    )
    header, total = _values(read, "inner.ip.hdr_len"), _values(read, "inner.ip.len")
    length6 = _values(read, "inner.ipv6.plen")
    fragment = read("inner.ipv6.fraghdr.offset").present & ~innermost4
    offset6 = np.where(fragment, _values(read, "inner.ipv6.fraghdr.offset"), 0)
    return _Ip(
        protocol=np.where(innermost4, _values(read, "inner.ip.proto"), _values(read, "inner.ipv6.nxt")),
        ident=np.where(innermost4, _values(read, "inner.ip.id"), _values(read, "inner.ipv6.fraghdr.ident")),
        offset=np.where(innermost4, _values(read, "inner.ip.frag_offset"), offset6),
        more=np.where(
            innermost4, _values(read, "inner.ip.flags.mf"), _values(read, "inner.ipv6.fraghdr.more")
        ),
        payload=np.where(
            innermost4, total - np.minimum(header, total), length6 - np.minimum(length6, 8 * fragment)
        ),
        size=np.where(innermost4, total, length6 + 40),
    )


def _hash(salt: int, *parts: Words) -> Words:
    """Return one number for each packet's parts; `salt` keeps kinds apart."""
    return mix(
        np.stack(
            [np.full(len(parts[0]), salt, np.uint64), *(part.astype(np.uint64) for part in parts)], axis=1
        )
    )


def _tcp(read: Read, ip: _Ip, columns: Columns, is_tcp: Flags) -> None:
    """Segments are intervals of sequence numbers; an acknowledgement alone, or a reset, is one thing."""
    present = read("inner.tcp.seq_raw").present & is_tcp
    if not present.any():
        return
    seq, ack, flags = (_values(read, f"inner.tcp.{name}") for name in ("seq_raw", "ack_raw", "flags"))
    stamp, echo = (
        read("inner.tcp.options.timestamp.tsval"),
        _values(read, "inner.tcp.options.timestamp.tsecr"),
    )
    value = np.where(stamp.present, stamp.values + np.uint64(1), 0).astype(np.uint64)
    data = _values(read, "inner.tcp.len")
    syn, fin, reset = (flags & bit != 0 for bit in (np.uint64(SYN), np.uint64(FIN), np.uint64(RST)))
    length = np.where(reset, 0, data + syn + fin).astype(np.int64)
    window, sack = _values(read, "inner.tcp.window_size_value"), _values(read, "inner.tcp.options.sack_le")
    segment = _hash(1, value, syn)
    single = np.where(reset, _hash(2, seq, ack, ip.ident), _hash(3, seq, ack, window, value, echo, sack))
    low = flags & np.uint64(FIN | SYN | RST)
    no_stamp = np.where(stamp.present, 0, ip.ident)
    extra = np.where(stamp.present | (low == 0), 0, data)
    strong = _hash(11, seq, ack, value, echo, no_stamp, extra, low)
    made = {
        "start": np.where(length > 0, seq, 0),
        "length": length,
        "key": np.where(length > 0, segment, single),
    }
    made |= {"strong": strong, "acked": ack, "flags": flags}
    _fill(columns, present, "tcp", made)


def _udp(read: Read, ip: _Ip, columns: Columns, is_udp: Flags) -> None:
    """A datagram is the bytes of its IP ID; with ID 0 it is told apart by length and payload."""
    present = read("inner.udp.length").present & is_udp
    if not present.any():
        return
    length = _values(read, "inner.udp.length")
    digest = _hash(20, *(_values(read, f"inner.udp.{word}") for word in PAYLOAD))
    made = _datagram(ip, _hash(5, length, digest)) | {
        "strong": _hash(12, ip.ident, length, digest),
        "content": _hash(21, length, digest),
    }
    _fill(columns, present, "udp", made)


def _icmp(read: Read, ip: _Ip, columns: Columns, name: str, is_icmp: Flags) -> None:
    """An echo is a datagram with a number; errors belong to the flow they quote; ND is told apart."""
    kind = read(f"inner.{name}.type")
    present = kind.present & is_icmp
    if not present.any():
        return
    type_, seq = (
        _values(read, f"inner.{name}.type"),
        _values(read, f"inner.{name}.{'seq' if name == 'icmp' else 'echo.sequence_number'}"),
    )
    digest = _hash(22, *(_values(read, f"inner.{name}.{word}") for word in PAYLOAD))
    request, reply = ECHO[name]
    made = _datagram(ip, _hash(6, type_, seq, digest)) | {
        "strong": _hash(13, type_, seq, ip.ident, digest),
        "question": seq,
        "is_request": type_ == request,
    }
    _fill(columns, present & np.isin(type_, (request, reply)), "echo", made)
    columns["kind"][present & np.isin(type_, ERRORS[name])] = KINDS.index("icmp-error")
    if name == "icmpv6":
        columns["kind"][present & np.isin(type_, ND)] = KINDS.index("nd")


def _datagram(ip: _Ip, otherwise: Words) -> dict[str, NDArray[np.generic]]:
    """Return key and interval by IP ID, or `otherwise` as a key matched by count where there is no ID."""
    numbered = (ip.ident != 0) | (ip.offset != 0) | (ip.more != 0)
    return {
        "key": np.where(numbered, _hash(4, ip.protocol, ip.ident), otherwise),
        "start": np.where(numbered, ip.offset, 0),
        "length": np.where(numbered, ip.payload, 0),
    }


def _fragments(ip: _Ip, columns: Columns, bare: Flags) -> None:
    """Later fragments have no ports: they are tied to their datagram by the IP ID."""
    later = (ip.offset != 0) & bare
    made = _datagram(ip, ip.ident) | {"strong": _hash(14, ip.protocol, ip.ident, ip.offset)}
    _fill(columns, later, "fragment", made)


def _fill(
    columns: dict[str, NDArray[np.generic]], where: Flags, kind: str, made: Mapping[str, NDArray[np.generic]]
) -> None:
    """Write what was made into the packets of this kind."""
    columns["kind"][where] = KINDS.index(kind)
    for name, values in made.items():
        columns[name][where] = values[where].astype(columns[name].dtype)


def transport_of(stack: str) -> str:
    """Return the transport after the last IP header of a stack, or "arp"; "" if there is none."""
    layers = stack.split(":")
    last = max((k for k, layer in enumerate(layers) if layer in ("ip", "ipv6")), default=-1)
    return next((layer for layer in layers[last + 1 :] if layer in TRANSPORTS[1:]), "")
