"""The innermost IP header of packets, whichever version carries them, as far as identities need it.

It takes a function that reads fields by name and knows no transport.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pcapcheck.capture.arrays import Bools, Words64
from pcapcheck.decode.columns import Column, parse_name
from pcapcheck.decode.printed import is_absent

FieldReader = Callable[[str], Column]
FIRST_OF_PAYLOAD: Final = "inner.udp._payload0"
DNS: Final = 53  # port
SEGMENT_NUMBER: Final = "tcp.seq_raw"
UNIT: Final = np.uint64(8)  # bytes that offsets of fragments count: RFC 791, 3.1; RFC 8200, 4.5


@dataclass(frozen=True, slots=True)
class IpHeader:
    """Fields of the innermost IP header that identities need; arrays (n,), lengths and offsets in bytes."""

    protocol: Words64
    ident: Words64
    offset: Words64
    more: Words64
    payload: Words64
    size: Words64


def known_only(read: FieldReader, unknown: frozenset[str]) -> FieldReader:
    """Return a reader to which packets have none of some fields; see `printed.is_absent`."""
    hidden = unknown - {SEGMENT_NUMBER}

    def known(name: str) -> Column:
        found = read(name)
        if name == f"inner.{SEGMENT_NUMBER}" and SEGMENT_NUMBER in unknown:
            return replace(found, present=found.present & ~_acknowledges_only(read))
        if not is_absent(parse_name(name).field, hidden):
            return found
        if name == FIRST_OF_PAYLOAD:
            return _message_id(found, read)
        return replace(found, present=np.zeros_like(found.present), values=np.zeros_like(found.values))

    return known if unknown else read


def _message_id(found: Column, read: FieldReader) -> Column:
    """Return the ID of messages of DNS, which text shows too, in place of the first word of a payload."""
    ports = (values_of(read, f"inner.udp.{end}port") for end in ("src", "dst"))
    of_dns: Bools = np.logical_or(*(port == np.uint64(DNS) for port in ports))
    present = found.present & of_dns
    return replace(found, values=np.where(present, found.values >> 16 << 16, 0), present=present)


def _acknowledges_only(read: FieldReader) -> Bools:
    """Return which segments have neither data nor SYN, FIN or RST; text shows no number of these."""
    alone: Bools = values_of(read, "inner.tcp.len") == 0
    plain: Bools = values_of(read, "inner.tcp.flags") & np.uint64(7) == 0
    return alone & plain


def values_of(read: FieldReader, name: str) -> Words64:
    """Return a column with 0 where the field is absent, uint64 (n,)."""
    column = read(name)
    values = column.values if column.present.all() else np.where(column.present, column.values, 0)
    return values.astype(np.uint64)


def ip_header(read: FieldReader, six: Bools) -> IpHeader:
    """Read the innermost IP header, whichever version carries the packet."""
    if not six.any():
        return _ip4(read)
    if six.all():
        return _ip6(read)
    four, other = _ip4(read), _ip6(read)
    return IpHeader(
        *(np.where(six, getattr(other, name), getattr(four, name)) for name in IpHeader.__slots__)
    )


def _ip4(read: FieldReader) -> IpHeader:
    header, total = values_of(read, "inner.ip.hdr_len"), values_of(read, "inner.ip.len")
    return IpHeader(
        protocol=values_of(read, "inner.ip.proto"),
        ident=values_of(read, "inner.ip.id"),
        offset=values_of(read, "inner.ip.frag_offset") * UNIT,
        more=values_of(read, "inner.ip.flags.mf"),
        payload=total - np.minimum(header, total),
        size=total,
    )


def _ip6(read: FieldReader) -> IpHeader:
    """Read IPv6; its fragments have their ID, offset and flag in a header of 8 bytes."""
    length = values_of(read, "inner.ipv6.plen")
    fragment = read("inner.ipv6.fraghdr.offset").present
    return IpHeader(
        protocol=values_of(read, "inner.ipv6.nxt"),
        ident=values_of(read, "inner.ipv6.fraghdr.ident"),
        offset=values_of(read, "inner.ipv6.fraghdr.offset") * UNIT,
        more=values_of(read, "inner.ipv6.fraghdr.more"),
        payload=length - np.minimum(length, np.uint64(8) * fragment),
        size=length + np.uint64(40),
    )
