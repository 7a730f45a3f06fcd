"""A flow is refused by the pod itself, its node, or a router, with a reset or an ICMP error that quotes it.

A reset is a refusal if it answers a SYN and all answers are resets; a reset that ends a connection is not.
So is an ABORT that answers an INIT (RFC 9260, 8.4). A node port that is not translated is refused by the
node itself. A node without a device for a GRE packet answers port unreachable (Linux net/ipv4/gre_demux.c:
gre_rcv).

`about`: how (reset, or what the ICMP error says), by (pod: the destination itself; node; router), by_node,
target_is (pod, node, service, …), port, actual, of_tunnel (the refused packet is a tunnel's),
misdirected (a rule says that it should have gone elsewhere), intended (the
refused port is the tunnel's intended one, or the GRE key is), form (of the tunnel), sender (of the refused
packet; of an intended one, who refuses it), receiver, node, interface.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from pcapcheck.decode.stack import SCTP_ABORT, SCTP_INIT
from pcapcheck.decode.tunnels import TUNNELS
from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact, Word
from pcapcheck.documents import values
from pcapcheck.outcome.quotes import PORT, TIME_EXCEEDED, TOO_BIG, quotes
from pcapcheck.topology.topology import OwnerKind, Role

INSIDE: Final = (Role.POD, Role.VETH)
OTHER: Final = ("", TOO_BIG, TIME_EXCEEDED)  # errors that refuse nothing
# How packets open a connection, and how they refuse one, by kind.
REFUSALS: Final = {
    "tcp": (
        (pl.col("inner.tcp.flags.syn") == 1) & (pl.col("inner.tcp.flags.ack") == 0),
        pl.col("inner.tcp.flags.reset") == 1,
    ),
    "sctp": (pl.col("inner.sctp.chunk_type") == SCTP_INIT, pl.col("inner.sctp.chunk_type") == SCTP_ABORT),
}
GRE: Final = "gre"
UDP_TUNNELS: Final = tuple(each.name for each in TUNNELS if each.port_parameter)


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each flow that is refused by a reset, then for each kind of ICMP error."""
    for kind, (opening, refused) in REFUSALS.items():
        yield from _resets(case, kind, opening, refused)
    errors = quotes(case.network)
    if errors.is_empty():
        return
    refusing = errors.filter(~pl.col("says").is_in(OTHER)).sort("file", "frame1")
    by = ["source", "says", "quoted_source", "quoted_destination", "quoted_kind", "quoted_destination_port"]
    for _, rows in refusing.group_by(by, maintain_order=True):
        yield _error(case, rows)


def _resets(case: Case, kind: str, opening: pl.Expr, refusing: pl.Expr) -> Iterator[Fact]:
    """Yield the flows whose SYN is answered only by resets, from whatever node."""
    said = case.variants(kind)
    if said.is_empty():
        return
    asked = said.filter(pl.col("client") & opening).select("flow", "point").unique()
    answers = said.filter(~pl.col("client"))
    talking = answers.filter(~refusing).select("flow").unique()
    resets = answers.join(talking, on="flow", how="anti").join(asked, on=["flow", "point"], how="semi")
    for (flow,), rows in resets.sort("file", "frame1").group_by("flow", maintain_order=True):
        yield _reset(case, case.flows[int(str(flow))][0], rows)


def _reset(case: Case, client: dict[str, Any], rows: pl.DataFrame) -> Fact:
    by_pod = client["destination_kind"] == OwnerKind.POD and _sent_by_pod(case, client, rows)
    address, port, kind = client["destination"], client["destination_port"], client["l4"]
    service = _node_port(case, client)
    about: dict[str, Word] = {
        "how": "reset",
        "by": "pod" if by_pod else "node",
        "by_node": client["destination_node"] if by_pod else case.point(rows["point"][0]).node,
        "target_is": str(OwnerKind.SERVICE) if service else client["destination_kind"],
        "port": port,
        "fault": f"{address} {port}",
        **_places(case, rows, client["direction"], service or address),
    }
    name = client["destination_name"] or address
    word = "a reset" if kind == "tcp" else "an ABORT"
    return Fact(
        evidence="refused_by",
        says=f"{_refuser(name, by_pod, service)} answers {kind.upper()} port {port} of {name} with {word}",
        flows=frozenset([client["flow"]]),
        frames=case.frames(rows),
        packets=1 + int(rows["packets"].max() or 0),  # type: ignore[arg-type]  # and the SYN
        about=about,
        filter=f"tcp.flags.reset == 1 && tcp.port == {port}"
        if kind == "tcp"
        else f"sctp.chunk_type == {SCTP_ABORT} && sctp.port == {port}",
    )


def _refuser(name: str, by_pod: bool, service: str | None) -> str:
    if by_pod:
        return name
    return "the node itself" if service else "something before it"


def _node_port(case: Case, client: dict[str, Any]) -> str | None:
    """Return the service whose node port a client asks, if nothing translated it."""
    if client["destination_kind"] != OwnerKind.NODE:
        return None
    asked = (client["destination_port"], client["l4"])
    return next(
        (
            service.name
            for service in case.network.topology.services.values()
            for port in service.ports
            if (port.node_port, port.protocol.lower()) == asked
        ),
        None,
    )


def _sent_by_pod(case: Case, client: dict[str, Any], rows: pl.DataFrame) -> bool:
    """Whether the pod itself sends them: they are seen at its own points, or these were not captured then."""
    own = case.network.points_where(
        lambda point: point.pod == client["destination_name"] and point.role in INSIDE
    )
    return not set(own).isdisjoint(rows["point"].to_list()) or not case.looked(own, rows)


def _error(case: Case, rows: pl.DataFrame) -> Fact:
    """Return the fact of one refuser, target and kind of error."""
    row = rows.row(0, named=True)
    by, port = case.network.owners.of(row["source"]), row["quoted_destination_port"]
    return Fact(
        evidence="refused_by",
        says=f"{by.name or row['source']} answers {row['says']} for {row['quoted_destination']}"
        + (f" port {port}" if row["says"] == PORT else ""),
        flows=frozenset([*rows["quoted_flow"].drop_nulls(), *rows["flow"].drop_nulls()]),
        frames=case.frames(rows),
        packets=int(rows["packets"].sum()),
        about=_told(case, rows, row),
        filter=f"icmp && ip.src == {row['source']}" if ":" not in row["source"] else "icmpv6",
    )


def _told(case: Case, rows: pl.DataFrame, row: dict[str, Any]) -> dict[str, Word]:
    """Return the words about an ICMP error; `row` is the first of its variants."""
    owners, port = case.network.owners, row["quoted_destination_port"]
    by, target = owners.of(row["source"]), owners.of(row["quoted_destination"])
    own = row["source"] == row["quoted_destination"]
    itself = own and target.kind == OwnerKind.POD
    by_node = case.point(row["point"]).node if own and target.kind == OwnerKind.SERVICE else by.node
    tunnel = _tunnel(case, row)
    intended = tunnel and _intended(case, row)
    places = _places(case, rows, row["quoted_direction"], row["quoted_destination"])
    if tunnel:
        ends = (by.node, owners.node_of(row["quoted_source"]))
        places["sender"], places["receiver"] = ends if intended else ends[::-1]
    return {
        "how": row["says"],
        "by": "pod" if itself else "node" if by_node else "router",
        "by_node": by_node,
        "target_is": str(target.kind),
        "port": port,
        "fault": None if tunnel else f"{row['quoted_destination']} {port}",
        "of_tunnel": tunnel,
        "misdirected": any(
            row["quoted_destination"] in (each.finding.actual.get(name) for name in ("ip.dst", "ipv6.dst"))
            for each in case.broken
        ),
        "intended": intended,
        "form": case.profile.traits.tunnel,
        **places,
    }


def _places(case: Case, rows: pl.DataFrame, direction: int | None, target: str) -> dict[str, Word]:
    """Return the words that say where: the ends of the refused flow, and where the refusal was seen."""
    point = case.point(rows["point"][0])
    return {
        **(case.ends(direction) if direction is not None else {}),
        "actual": target,
        "node": point.node,
        "interface": point.interface,
        "in_pod": point.inside,
        "pod": point.pod,
        **case.traits,
    }


def _tunnel(case: Case, row: dict[str, Any]) -> bool:
    """Whether the quoted packet is a tunnel's between two nodes: UDP, or GRE that was seen on the wire."""
    ends = [case.network.owners.of(row[f"quoted_{end}"]).kind for end in ("source", "destination")]
    if ends != [OwnerKind.NODE] * 2:
        return False
    if row["quoted_kind"] == GRE:
        return len(_gre_of(case, row)) > 0
    known = case.network.variants.filter(
        (pl.col("udp.dstport") == row["quoted_destination_port"]) & pl.col("form").is_in(UDP_TUNNELS)
    )
    ours = row["quoted_destination_port"] == case.profile.value(case.profile.traits.tunnel_port)
    return row["quoted_kind"] == "udp" and (ours or len(known) > 0)


def _gre_of(case: Case, row: dict[str, Any]) -> pl.DataFrame:
    """Return the GRE packets from the one end of the quoted one to the other."""
    ends = [values.ipv4_number(row[f"quoted_{end}"]) for end in ("source", "destination")]
    sent = (pl.col("form") == GRE) & (pl.col("ip.src") == ends[0]) & (pl.col("ip.dst") == ends[1])
    return case.network.variants.filter(sent)


def _intended(case: Case, row: dict[str, Any]) -> bool:
    """Whether the refused packet is as the profile intends."""
    if row["quoted_kind"] == GRE:
        directions = set(_gre_of(case, row)["direction"].to_list())
        keyed = (each for each in case.broken if "gre.key" in each.finding.actual)
        return not any(each.direction in directions for each in keyed)
    return bool(row["quoted_destination_port"] == case.profile.value(case.profile.traits.tunnel_port))
