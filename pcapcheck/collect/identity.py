"""The identity of a packet is what stays the same of it at every hop.

The question is when two sightings, at two capture points, are sightings of the same packet.

Equal bytes are not the answer, because every hop changes some. A router lowers the TTL and replaces both
MACs, NAT replaces addresses and ports, a tunnel adds headers, and all of them change checksums. The IP ID is
not the answer either: it means nothing where DF is set (RFC 6864, 4.1), and hosts that send it as 0 do so for
every packet. Nor are whole TCP segments: a host passes super-packets of 64 KB to its devices (GSO), the NIC
cuts them into segments, and the receiver's kernel joins segments again (GRO). Matching exact
segments reported 50 losses in healthy captures, a key with addresses 1,093, a key with the TTL about 6,800;
the keys below none (CORRELATION.md, 1).

The rule: take the innermost headers that carry the packet, and never those of the packet that an ICMP error
quotes; use no field that is changed on the way. A packet gets two identities.

`key`, with an interval of bytes [`start`, `start` + `length`), finds it again inside one direction of a flow.
Two sightings are of the same bytes if their keys are equal and their intervals overlap.

    TCP with data, SYN or FIN   TSval and the SYN flag          sequence numbers; SYN and FIN count one each
    TCP acknowledgement alone   seq, ack, window, TSval,        none: matched by count
                                TSecr, first SACK edge
    TCP RST                     seq, ack, IP ID                 none
    UDP, echo, fragment with    IP protocol and IP ID           the payload's bytes in the datagram, so that a
    an IP ID                                                    datagram equals the sum of its fragments
    UDP, echo without an IP ID  length or type and number,      none
                                digest of 16 bytes of payload

`strong`, the fingerprint, finds one packet among all flows. It joins the two address tuples that a packet has
before and after translation (`correlate.nat`). It takes in more fields than the key and has no interval; the
first segment of a super-packet keeps the super-packet's fingerprint, the other segments have their own.

An example: at a veth, a super-packet with sequence number 1000, 4344 bytes and TSval 77 has the interval
[1000, 5344). At the uplink three packets have the same key and the intervals [1000, 2448), [2448, 3896) and
[3896, 5344): nothing is missing. Without the second of them, 1448 bytes were seen here and not there. The
same bytes sent again later have another TSval, so another key, and cannot hide the loss of the first copy.

What breaks it: a box that rewrites sequence numbers or timestamps (a TCP proxy, SYN cookies, a firewall that
randomises them) makes two packets of one; so does one that renumbers IP IDs. A NIC that cuts UDP
super-datagrams gives the pieces IP IDs of their own. Without timestamps a retransmission has the key of the
original, and only the count tells the two apart. IP IDs repeat after 65,536 datagrams, which again leaves the
count. ICMP errors, ARP and neighbour discovery have no key: they are judged where they are seen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pcapcheck.capture.arrays import Bools, Words64
from pcapcheck.collect.hashtable import mix_columns
from pcapcheck.decode.columns import Column
from pcapcheck.decode.stack import ECHO, ERRORS, KINDS, ND, TRANSPORTS

FieldReader = Callable[[str], Column]
Columns = dict[str, NDArray[Any]]

FIN, SYN, RST, ACK = 1, 2, 4, 16  # RFC 9293, 3.1
PAYLOAD: Final = tuple(f"_payload{k}" for k in range(4))  # the first 16 bytes, four at a time
UNIT: Final = np.uint64(8)  # bytes that offsets of fragments count: RFC 791, 3.1; RFC 8200, 4.5

SIGHTING_SCHEMA: Final[Mapping[str, type[pl.DataType]]] = {
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
TYPES: Final[Mapping[type[pl.DataType], type[np.generic]]] = {
    pl.UInt8: np.uint8,
    pl.UInt16: np.uint16,
    pl.UInt32: np.uint32,
    pl.UInt64: np.uint64,
    pl.Boolean: np.bool_,
}


@dataclass(frozen=True, slots=True)
class _Ip:
    """Fields of the innermost IP header that identities need; arrays (n,), lengths and offsets in bytes."""

    protocol: Words64
    ident: Words64
    offset: Words64
    more: Words64
    payload: Words64
    size: Words64


def identities(read: FieldReader, transports: Words64, six: Bools) -> pl.DataFrame:
    """Return the identity of each of `n` packets as a frame of SCHEMA.

    Args:
        read: gives the column of a field by Wireshark's name, (n,).
        transports: uint64 (n,), index into `TRANSPORTS`: the protocol behind the innermost IP header.
        six: bool (n,), whether that header is IPv6.
    """
    columns = _columns(read, transports, six)
    frame = pl.DataFrame({name: columns[name] for name in SIGHTING_SCHEMA})
    return frame.with_columns(pl.when(pl.col("flags") & ACK != 0).then("acked").alias("acked"))


def fingerprints(read: FieldReader, transports: Words64, six: Bools) -> Words64:
    """Return only the fingerprint of each packet, uint64 (n,), 0 where there is none; see `identities`."""
    return _columns(read, transports, six)["strong"]


def _columns(read: FieldReader, transports: Words64, six: Bools) -> Columns:
    n = len(transports)
    ip = _ip(read, six)
    columns: Columns = {name: np.zeros(n, TYPES[kind]) for name, kind in SIGHTING_SCHEMA.items()}
    columns |= {"ipid": ip.ident.astype(np.uint32), "size": ip.size.astype(np.uint32)}
    is_ = {name: transports == np.uint64(code) for code, name in enumerate(TRANSPORTS)}
    for name, fill in (("tcp", _tcp), ("udp", _udp), ("icmp", _icmp), ("icmpv6", _icmp), ("", _fragments)):
        if is_[name].any():
            fill(read, ip, columns, name, is_[name])
    columns["kind"][is_["arp"]] = KINDS.index("arp")
    return columns


def _values(read: FieldReader, name: str) -> Words64:
    """Return a column with 0 where the field is absent, uint64 (n,)."""
    column = read(name)
    values = column.values if column.present.all() else np.where(column.present, column.values, 0)
    return values.astype(np.uint64)


def _ip(read: FieldReader, six: Bools) -> _Ip:
    """Read the innermost IP header, whichever version carries the packet."""
    if not six.any():
        return _ip4(read)
    if six.all():
        return _ip6(read)
    four, other = _ip4(read), _ip6(read)
    return _Ip(*(np.where(six, getattr(other, name), getattr(four, name)) for name in _Ip.__slots__))


def _ip4(read: FieldReader) -> _Ip:
    header, total = _values(read, "inner.ip.hdr_len"), _values(read, "inner.ip.len")
    return _Ip(
        protocol=_values(read, "inner.ip.proto"),
        ident=_values(read, "inner.ip.id"),
        offset=_values(read, "inner.ip.frag_offset") * UNIT,
        more=_values(read, "inner.ip.flags.mf"),
        payload=total - np.minimum(header, total),
        size=total,
    )


def _ip6(read: FieldReader) -> _Ip:
    """Read IPv6; its fragments have their ID, offset and flag in a header of 8 bytes."""
    length = _values(read, "inner.ipv6.plen")
    fragment = read("inner.ipv6.fraghdr.offset").present
    return _Ip(
        protocol=_values(read, "inner.ipv6.nxt"),
        ident=_values(read, "inner.ipv6.fraghdr.ident"),
        offset=_values(read, "inner.ipv6.fraghdr.offset") * UNIT,
        more=_values(read, "inner.ipv6.fraghdr.more"),
        payload=length - np.minimum(length, np.uint64(8) * fragment),
        size=length + np.uint64(40),
    )


def _hash(salt: int, *parts: NDArray[Any]) -> Words64:
    """Return a hash of the parts of each packet; `salt` keeps the kinds of packets apart."""
    n = len(parts[0])
    columns = [np.full(n, salt, np.uint64), *(part.astype(np.uint64, copy=False) for part in parts)]
    return mix_columns(columns, n)


def _tcp(read: FieldReader, ip: _Ip, columns: Columns, _name: str, is_tcp: Bools) -> None:
    """Identify segments by intervals of sequence numbers; an acknowledgement alone and a reset have none."""
    seq, ack, flags = (_values(read, f"inner.tcp.{name}") for name in ("seq_raw", "ack_raw", "flags"))
    stamp = read("inner.tcp.options.timestamp.tsval")
    echo = _values(read, "inner.tcp.options.timestamp.tsecr")
    value = np.where(stamp.present, stamp.values + np.uint64(1), 0).astype(np.uint64)
    data = _values(read, "inner.tcp.len")
    syn, fin, reset = (flags & np.uint64(bit) != 0 for bit in (SYN, FIN, RST))
    length = np.where(reset, 0, data + syn + fin)
    window, sack = _values(read, "inner.tcp.window_size_value"), _values(read, "inner.tcp.options.sack_le")
    single = np.where(reset, _hash(2, seq, ack, ip.ident), _hash(3, seq, ack, window, value, echo, sack))
    low = flags & np.uint64(FIN | SYN | RST)
    no_stamp = np.where(stamp.present, 0, ip.ident)
    extra = np.where(stamp.present | (low == 0), 0, data)
    made = {
        "start": np.where(length > 0, seq, 0),
        "length": length,
        "key": np.where(length > 0, _hash(1, value, syn), single),
        "strong": _hash(11, seq, ack, value, echo, no_stamp, extra, low),
        "acked": ack,
        "flags": flags,
    }
    _fill(columns, read("inner.tcp.seq_raw").present & is_tcp, "tcp", made)


def _udp(read: FieldReader, ip: _Ip, columns: Columns, _name: str, is_udp: Bools) -> None:
    """Identify datagrams by their IP ID, those with ID 0 by length and payload."""
    length = _values(read, "inner.udp.length")
    digest = _hash(20, *(_values(read, f"inner.udp.{word}") for word in PAYLOAD))
    made = _datagram(ip, _hash(5, length, digest)) | {
        "strong": _hash(12, ip.ident, length, digest),
        "content": _hash(21, length, digest),
    }
    _fill(columns, read("inner.udp.length").present & is_udp, "udp", made)


def _icmp(read: FieldReader, ip: _Ip, columns: Columns, name: str, is_icmp: Bools) -> None:
    """Identify echoes by IP ID or number; ICMP errors and neighbour discovery get a kind and no key."""
    type_ = _values(read, f"inner.{name}.type")
    seq = _values(read, f"inner.{name}.{'seq' if name == 'icmp' else 'echo.sequence_number'}")
    present = read(f"inner.{name}.type").present & is_icmp
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


def _datagram(ip: _Ip, otherwise: Words64) -> Columns:
    """Return key and interval by IP ID; where there is no ID, `otherwise` is the key, matched by count."""
    numbered = (ip.ident != 0) | (ip.offset != 0) | (ip.more != 0)
    return {
        "key": np.where(numbered, _hash(4, ip.protocol, ip.ident), otherwise),
        "start": np.where(numbered, ip.offset, 0),
        "length": np.where(numbered, ip.payload, 0),
    }


def _fragments(_read: FieldReader, ip: _Ip, columns: Columns, _name: str, bare: Bools) -> None:
    """Identify later fragments, which have no ports, by the IP ID of their datagram."""
    made = _datagram(ip, ip.ident) | {"strong": _hash(14, ip.protocol, ip.ident, ip.offset)}
    _fill(columns, (ip.offset != 0) & bare, "fragment", made)


def _fill(columns: Columns, where: Bools, kind: str, made: Columns) -> None:
    """Write the values of some columns for the packets of one kind."""
    columns["kind"][where] = KINDS.index(kind)
    for name, values in made.items():
        columns[name][where] = values[where].astype(columns[name].dtype)
