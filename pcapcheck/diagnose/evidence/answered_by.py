"""The answer comes from another address than the one that the client asked, at the client's own point.

A client accepts no answer from an address that it did not ask: it resets the connection, or keeps waiting.

`about`: expected (whom it asked), actual (who answers), service, is_endpoint, same_node (client and
answerer), sender (the client's node), receiver (the answerer's node), node, interface, pod.
"""

from collections.abc import Iterator

import polars as pl

from pcapcheck.decode.stack import PORTED
from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.topology.topology import OwnerKind, Role

SOCKET = ("kind", "point", "mine", "my_port")


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each socket of a pod that asked a service and was answered by somebody else."""
    at_pods = case.network.points_where(
        lambda point: point.pod is not None and point.role in (Role.POD, Role.VETH)
    )
    said = case.variants(*PORTED).filter(pl.col("point").is_in(at_pods)) if at_pods else pl.DataFrame()
    if said.is_empty():
        return
    sent, got = _named(said, "source", "destination"), _named(said, "destination", "source")
    services = [
        each
        for each in sent["other"].unique().to_list()
        if case.network.owners.of(each).kind == OwnerKind.SERVICE
    ]
    asked = (
        sent.filter(pl.col("other").is_in(services)).select(*SOCKET, pl.col("other").alias("asked")).unique()
    )
    meant = sent.filter(pl.col("inner.tcp.flags.reset").fill_null(0) == 0)  # a reset asks nothing
    strange = got.join(asked, on=SOCKET).join(meant, on=[*SOCKET, "other", "other_port"], how="anti")
    strange = strange.filter(pl.col("other") != pl.col("asked")).sort("file", "frame1")
    for (mine, _, other, service), rows in strange.group_by(
        "mine", "my_port", "other", "asked", maintain_order=True
    ):
        if case.point(rows["point"][0]).pod == case.network.owners.of(str(mine)).name:
            yield _fact(case, str(mine), str(other), str(service), rows)


def _named(said: pl.DataFrame, mine: str, other: str) -> pl.DataFrame:
    """Return packets with the pod's own end and the opposite one."""
    names = {
        mine: "mine",
        f"{mine}_port": "my_port",
        other: "other",
        f"{other}_port": "other_port",
    }
    return said.rename(names)


def _fact(case: Case, mine: str, other: str, service: str, rows: pl.DataFrame) -> Fact:
    client, answerer = case.network.owners.of(mine), case.network.owners.of(other)
    point = case.point(rows["point"][0])
    return Fact(
        evidence="answered_by",
        says=f"{client.name} asks {service} and is answered by {other}",
        flows=frozenset(rows["flow"].to_list()),
        frames=case.frames(rows),
        packets=int(rows["packets"].max() or 0),  # type: ignore[arg-type]  # a column of integers
        about={
            "expected": service,
            "actual": other,
            "service": case.network.owners.of(service).name,
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
