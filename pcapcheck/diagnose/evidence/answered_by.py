"""The answer comes from another address than the one that the client asked.

A client accepts no answer from an address that it did not ask: it resets the connection, or keeps waiting. It
shows at a pod's own point; anywhere, if the client resets what it gets; and on the wire, if the answer leaves
the cluster for a client outside whose requests are all in vain.

`about`: expected (whom it asked), actual (who answers), service, is_endpoint, same_node (client and
answerer), sender (the client's node), receiver (the answerer's node), node, interface, pod.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.decode.stack import PORTED
from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.outcome.exchange import CONVERSATIONS
from pcapcheck.topology.topology import OwnerKind, Role

SOCKET: Final = ("kind", "point", "mine", "my_port")


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each socket that was answered by somebody whom it did not ask."""
    found = pl.concat([_at_pods(case), _resisted(case), _in_vain(case)], how="diagonal_relaxed")
    if not found.is_empty():  # equal ports at both ends (NTP, IKE): one socket asks many servers
        found = found.filter((pl.col("kind") != "udp") | (pl.col("my_port") != pl.col("other_port")))
    if found.is_empty():
        return
    told: set[tuple[object, object]] = set()
    by = ["mine", "my_port", "other", "asked"]
    for (mine, port, other, asked), rows in found.sort("file", "frame1").group_by(by, maintain_order=True):
        if (mine, port) not in told:
            told.add((mine, port))
            yield _fact(case, str(mine), str(other), str(asked), rows)


def _at_pods(case: Case) -> pl.DataFrame:
    """Return answers at the own point of a pod that asked a service, from somebody else."""
    at_pods = case.network.points_where(
        lambda point: point.pod is not None and point.role in (Role.POD, Role.VETH)
    )
    said = case.variants(*PORTED).filter(pl.col("point").is_in(at_pods)) if at_pods else pl.DataFrame()
    if said.is_empty():
        return pl.DataFrame()
    sent, got = _named(said, "source", "destination"), _named(said, "destination", "source")
    owners = case.network.owners
    others = sent["other"].unique().to_list()
    services = [each for each in others if owners.of(each).kind == OwnerKind.SERVICE]
    asked = (
        sent.filter(pl.col("other").is_in(services)).select(*SOCKET, pl.col("other").alias("asked")).unique()
    )
    meant = sent.filter(pl.col("inner.tcp.flags.reset").fill_null(0) == 0)  # a reset asks nothing
    strange = got.join(asked, on=SOCKET).join(meant, on=[*SOCKET, "other", "other_port"], how="anti")
    strange = strange.filter(pl.col("other") != pl.col("asked"))
    own = {
        point: owners.of(mine).name for point, mine in strange.select("point", "mine").unique().iter_rows()
    }
    wrong = [point for point, name in own.items() if case.point(point).pod != name]
    return strange.filter(~pl.col("point").is_in(wrong))


def _resisted(case: Case) -> pl.DataFrame:
    """Return answers from somebody whom the client did not ask, and whom it answers with a reset."""
    said = case.variants("tcp")
    if said.is_empty():
        return said
    sent, got = _named(said, "source", "destination"), _named(said, "destination", "source")
    reset = pl.col("inner.tcp.flags.reset").fill_null(0) == 1
    opens = (pl.col("inner.tcp.flags.syn") == 1) & (pl.col("inner.tcp.flags.ack") == 0)
    socket = ["kind", "mine", "my_port"]
    ends = [*socket, "other", "other_port"]
    asked = sent.filter(opens).select(*socket, "other_port", pl.col("other").alias("asked")).unique()
    refused = sent.filter(reset).join(sent.filter(~reset), on=ends, how="anti").select(ends).unique()
    strange = got.filter(~reset).join(refused, on=ends, how="semi")
    found = strange.join(asked, on=[*socket, "other_port"])
    return found.filter(pl.col("other") != pl.col("asked"))


def _in_vain(case: Case) -> pl.DataFrame:
    """Return what leaves on the wire for a client outside whose requests fail, and not from whom it asked."""
    failed = case.network.outcomes.filter(
        pl.col("failed") & pl.col("outside").is_not_null() & (pl.col("outside") == pl.col("asked_source"))
    )
    wires = case.network.points_where(lambda point: point.role in (Role.UPLINK, Role.VLAN))
    said = case.variants(*CONVERSATIONS).filter(pl.col("point").is_in(wires), pl.col("form") == "plain")
    if failed.is_empty() or said.is_empty():
        return pl.DataFrame()
    got = _named(said, "destination", "source")
    asked = failed.select(
        pl.col("flow").alias("asked_flow"),
        pl.col("asked_source").alias("mine"),
        pl.col("asked_source_port").alias("my_port"),
        pl.col("asked_destination").alias("asked"),
    )
    strange = got.join(asked, on=["mine", "my_port"]).filter(pl.col("other") != pl.col("asked"))
    served = got.join(asked, on=["mine", "my_port"]).filter(pl.col("other") == pl.col("asked"))
    late = served.group_by("asked_flow").agg(pl.col("last").max().alias("served"))
    strange = strange.join(late, on="asked_flow", how="left")
    return strange.filter(pl.col("served").is_null() | (pl.col("last") > pl.col("served"))).drop("served")


def _named(said: pl.DataFrame, mine: str, other: str) -> pl.DataFrame:
    """Return packets with the pod's own end and the opposite one."""
    names = {
        mine: "mine",
        f"{mine}_port": "my_port",
        other: "other",
        f"{other}_port": "other_port",
    }
    return said.rename(names)


def _fact(case: Case, mine: str, other: str, asked: str, rows: pl.DataFrame) -> Fact:
    client, answerer = case.network.owners.of(mine), case.network.owners.of(other)
    point = case.point(rows["point"][0])
    return Fact(
        evidence="answered_by",
        says=f"{client.name or mine} asks {asked} and is answered by {other}",
        flows=_flows(case, mine, rows),
        frames=case.frames(rows),
        packets=int(rows["packets"].max() or 0),  # type: ignore[arg-type]  # a column of integers
        about={
            "expected": asked,
            "actual": other,
            "service": case.network.owners.of(asked).name,
            "same_node": client.node == answerer.node,
            "sender": client.node,
            "receiver": answerer.node or client.node,
            "node": point.node,
            "interface": point.interface,
            "in_pod": point.inside,
            "pod": point.pod,
        },
        filter=f"ip.src == {other} && ip.dst == {mine}" if ":" not in other else None,
    )


def _flows(case: Case, mine: str, rows: pl.DataFrame) -> frozenset[int]:
    """Return the flows of the strange answers, and those of the requests from the same socket."""
    asked = case.network.outcomes.filter(
        (pl.col("asked_source") == mine) & (pl.col("asked_source_port") == rows["my_port"][0])
    )
    return frozenset([*rows["flow"].drop_nulls().to_list(), *asked["flow"].to_list()])
