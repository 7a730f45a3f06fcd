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
    SCTP                        verification tag, IP ID, TSN    none: matched by count
                                of the first DATA chunk, else
                                16 bytes of the first chunk
    DHCP before there is an     transaction, message type, MAC  none: matched by count
    address                     of the client, IP ID

`strong`, the fingerprint, finds one packet among all flows. It joins the two address tuples that a packet has
before and after translation (`correlate.nat`). It takes in more fields than the key and has no interval; the
first segment of a super-packet keeps the super-packet's fingerprint, the other segments have their own.

An example: at a veth, a super-packet with sequence number 1000, 4344 bytes and TSval 77 has the interval
[1000, 5344). At the uplink three packets have the same key and the intervals [1000, 2448), [2448, 3896) and
[3896, 5344): nothing is missing. Without the second of them, 1448 bytes were seen here and not there. The
same bytes sent again later have another TSval, so another key, and cannot hide the loss of the first copy.

What breaks it: a box that rewrites sequence numbers or timestamps (a TCP proxy, SYN cookies, a firewall
that randomises them) makes two packets of one; so does one that renumbers IP IDs. A NIC that cuts UDP
super-datagrams gives the pieces IP IDs of their own. Without timestamps a retransmission has the key of the
original, and only the count tells the two apart. IP IDs repeat after 65,536 datagrams, which again leaves
the count. SCTP is not matched by intervals of its datagram, because a host passes super-packets of several
SCTP packets to its devices, of which only the first keeps the IP ID. Later fragments of TCP and SCTP have
no key either: the whole datagram, where a node has put them together, has another. ICMP errors, ARP and
neighbour discovery have no key: they are judged where they are seen.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pcapcheck.capture.arrays import Bools, Words64
from pcapcheck.collect.hashtable import mix_columns
from pcapcheck.collect.ipheader import FieldReader, IpHeader, ip_header, values_of
from pcapcheck.decode.stack import DHCP_PORTS, ECHO, ERRORS, KINDS, ND, TRANSPORTS

Columns = dict[str, NDArray[Any]]

FIN, SYN, RST, ACK = 1, 2, 4, 16  # RFC 9293, 3.1
TCP, SCTP = 6, 132  # IANA protocol numbers
CHUNK_DATA: Final = 0  # RFC 9260, 3.2
CHUNKS_SENT_AGAIN: Final = (1, 7, 10)  # INIT, SHUTDOWN, COOKIE ECHO, besides DATA: RFC 9260, 5.1, 6.3, 9.2
PAYLOAD: Final = tuple(f"_payload{k}" for k in range(4))  # the first 16 bytes, four at a time
CHUNK: Final = tuple(f"inner.sctp._chunk{k}" for k in range(4))  # of the first chunk, as above

SIGHTING_SCHEMA: Final[Mapping[str, type[pl.DataType]]] = {
    "kind": pl.UInt8,  # index into KINDS
    "key": pl.UInt64,
    "start": pl.UInt32,  # of the interval, bytes; 0 where there is none
    "length": pl.UInt32,  # of the interval; 0: matched by count
    "strong": pl.UInt64,
    "acked": pl.UInt32,  # TCP acknowledgement number, null without ACK
    "question": pl.UInt32,  # ICMP echo sequence number
    "is_request": pl.Boolean,  # of an echo
    "flags": pl.UInt16,  # of TCP; of SCTP the type of the first chunk
    "ipid": pl.UInt32,
    "size": pl.UInt32,  # of the innermost IP packet, bytes
    "content": pl.UInt64,  # digest of what a sender repeats without an answer, 0: none (TCP)
}
TYPES: Final[Mapping[type[pl.DataType], type[np.generic]]] = {
    pl.UInt8: np.uint8,
    pl.UInt16: np.uint16,
    pl.UInt32: np.uint32,
    pl.UInt64: np.uint64,
    pl.Boolean: np.bool_,
}


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
    ip = ip_header(read, six)
    columns: Columns = {name: np.zeros(n, TYPES[kind]) for name, kind in SIGHTING_SCHEMA.items()}
    columns |= {"ipid": ip.ident.astype(np.uint32), "size": ip.size.astype(np.uint32)}
    is_ = {name: transports == np.uint64(code) for code, name in enumerate(TRANSPORTS)}
    for name, fill in FILLS.items():
        if is_[name].any():
            fill(read, ip, columns, name, is_[name])
    columns["kind"][is_["arp"]] = KINDS.index("arp")
    return columns


def _hash(salt: int, *parts: NDArray[Any]) -> Words64:
    """Return a hash of the parts of each packet; `salt` keeps the kinds of packets apart."""
    n = len(parts[0])
    columns = [np.full(n, salt, np.uint64), *(part.astype(np.uint64, copy=False) for part in parts)]
    return mix_columns(columns, n)


def _tcp(read: FieldReader, ip: IpHeader, columns: Columns, _name: str, is_tcp: Bools) -> None:
    """Identify segments by intervals of sequence numbers; an acknowledgement alone and a reset have none."""
    seq, ack, flags = (values_of(read, f"inner.tcp.{name}") for name in ("seq_raw", "ack_raw", "flags"))
    stamp = read("inner.tcp.options.timestamp.tsval")
    echo = values_of(read, "inner.tcp.options.timestamp.tsecr")
    value = np.where(stamp.present, stamp.values + np.uint64(1), 0).astype(np.uint64)
    data = values_of(read, "inner.tcp.len")
    syn, fin, reset = (flags & np.uint64(bit) != 0 for bit in (SYN, FIN, RST))
    length = np.where(reset, 0, data + syn + fin)
    numbered, alone = read("inner.tcp.seq_raw").present, (length == 0) & ~reset
    seq = np.where(alone & ~numbered, 0, seq)  # text shows no number of an acknowledgement alone
    window, sack = (
        values_of(read, "inner.tcp.window_size_value"),
        values_of(read, "inner.tcp.options.sack_le"),
    )
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
    found = numbered | (alone & read("inner.tcp.ack_raw").present)
    _fill(columns, found & is_tcp, "tcp", made)


def _udp(read: FieldReader, ip: IpHeader, columns: Columns, _name: str, is_udp: Bools) -> None:
    """Identify datagrams by their IP ID, those with ID 0 by length and payload."""
    length = values_of(read, "inner.udp.length")
    digest = _hash(20, *(values_of(read, f"inner.udp.{word}") for word in PAYLOAD))
    told = _distinguished(read, ip, tuple(f"inner.udp.{word}" for word in PAYLOAD[:1]))
    made = _datagram(ip, _hash(5, length, digest)) | {
        "strong": np.where(told, _hash(12, ip.ident, length, digest), 0),
        "content": _hash(21, length, digest),
    }
    _fill(columns, read("inner.udp.length").present & is_udp, "udp", made)


def _sctp(read: FieldReader, ip: IpHeader, columns: Columns, _name: str, is_sctp: Bools) -> None:
    """Identify packets of SCTP by verification tag and first chunk; translation changes neither."""
    tag, type_ = values_of(read, "inner.sctp.verification_tag"), values_of(read, "inner.sctp.chunk_type")
    sequence = read("inner.sctp.data_tsn_raw")
    chunk = _hash(23, *(values_of(read, word) for word in CHUNK))
    told = np.where(sequence.present, _hash(24, values_of(read, "inner.sctp.data_tsn_raw")), chunk)
    made = {
        "key": _hash(7, tag, type_, told, ip.ident),
        "strong": _hash(15, tag, type_, told, ip.ident),
        "content": np.where(sequence.present | np.isin(type_, CHUNKS_SENT_AGAIN), _hash(25, tag, told), 0),
        "flags": type_,
    }
    _fill(columns, read("inner.sctp.chunk_type").present & is_sctp, "sctp", made)


def _dhcp(read: FieldReader, ip: IpHeader, columns: Columns, name: str, is_dhcp: Bools) -> None:
    """Identify messages of clients that have no address yet; those of others are datagrams as any."""
    _udp(read, ip, columns, name, is_dhcp)
    client, mac = read("inner.dhcp.ip.client"), values_of(read, "inner.dhcp.hw.mac_addr")
    said = _hash(26, mac, values_of(read, "inner.dhcp.type"), values_of(read, "inner.dhcp.option.dhcp"))
    made: Columns = {
        "key": _hash(8, said, values_of(read, "inner.dhcp.id"), ip.ident),
        "start": np.zeros(len(said), np.uint32),
        "length": np.zeros(len(said), np.uint32),
        "strong": np.zeros(len(said), np.uint64),
        "content": said,
    }
    ports = values_of(read, "inner.udp.srcport") + values_of(read, "inner.udp.dstport")
    is_new = client.present & (client.values == 0) & read("inner.dhcp.hw.mac_addr").present
    _fill(columns, is_new & is_dhcp & (ports == sum(DHCP_PORTS)), "dhcp", made)


def _icmp(read: FieldReader, ip: IpHeader, columns: Columns, name: str, is_icmp: Bools) -> None:
    """Identify echoes by IP ID or number; ICMP errors and neighbour discovery get a kind and no key."""
    type_ = values_of(read, f"inner.{name}.type")
    seq = values_of(read, f"inner.{name}.{'seq' if name == 'icmp' else 'echo.sequence_number'}")
    present = read(f"inner.{name}.type").present & is_icmp
    digest = _hash(22, *(values_of(read, f"inner.{name}.{word}") for word in PAYLOAD))
    request, reply = ECHO[name]
    told = _distinguished(read, ip, tuple(f"inner.{name}.{word}" for word in PAYLOAD[:1]))
    made = _datagram(ip, _hash(6, type_, seq, digest)) | {
        "strong": np.where(told, _hash(13, type_, seq, ip.ident, digest), 0),
        "question": seq,
        "is_request": type_ == request,
    }
    _fill(columns, present & np.isin(type_, (request, reply)), "echo", made)
    columns["kind"][present & np.isin(type_, ERRORS[name])] = KINDS.index("icmp-error")
    if name == "icmpv6":
        columns["kind"][present & np.isin(type_, ND)] = KINDS.index("nd")


def _datagram(ip: IpHeader, otherwise: Words64) -> Columns:
    """Return key and interval by IP ID; where there is no ID, `otherwise` is the key, matched by count."""
    numbered = (ip.ident != 0) | (ip.offset != 0) | (ip.more != 0)
    return {
        "key": np.where(numbered, _hash(4, ip.protocol, ip.ident), otherwise),
        "start": np.where(numbered, ip.offset, 0),
        "length": np.where(numbered, ip.payload, 0),
    }


def _distinguished(read: FieldReader, ip: IpHeader, payload: tuple[str, ...]) -> Bools:
    """Return which packets have an IP ID or payload, without which they are like many others.

    In text, neither may have been printed. An empty datagram has no payload that could be read.
    """
    told: Bools = ip.ident != 0
    for name in payload:
        told = told | read(name).present
    return told


def _fragments(_read: FieldReader, ip: IpHeader, columns: Columns, _name: str, bare: Bools) -> None:
    """Identify later fragments, which have no ports, by the IP ID of their datagram."""
    made = _datagram(ip, ip.ident) | {"strong": _hash(14, ip.protocol, ip.ident, ip.offset)}
    made["key"] = np.where(np.isin(ip.protocol, (TCP, SCTP)), 0, made["key"])
    _fill(columns, (ip.offset != 0) & bare, "fragment", made)


def _fill(columns: Columns, where: Bools, kind: str, made: Columns) -> None:
    """Write the values of some columns for the packets of one kind."""
    columns["kind"][where] = KINDS.index(kind)
    for name, values in made.items():
        columns[name][where] = values[where].astype(columns[name].dtype)


FILLS: Final[Mapping[str, Callable[[FieldReader, IpHeader, Columns, str, Bools], None]]] = {
    "tcp": _tcp,
    "udp": _udp,
    "sctp": _sctp,
    "dhcp": _dhcp,
    "icmp": _icmp,
    "icmpv6": _icmp,
    "": _fragments,
}
