"""Packets are lost between two capture points: where, what share, and what separates lost from delivered.

`about`: from_role, to_role, from_node, to_node, from_interface, to_interface, across (different nodes),
share, total (all of them, or a clean cut), by (the separating property) and value, threshold (of a length),
forms, pods (plain pod addresses), alive (other traffic between the two nodes passes), skipped (expected hops
in between that nobody captured), felt, sender, receiver.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from pcapcheck.check.checker import frames_of
from pcapcheck.diagnose.case import PODS, Case
from pcapcheck.diagnose.fact import Fact, Word
from pcapcheck.diagnose.qualifier import Qualifier, qualify

FEW: Final = 3  # losses that nobody felt must be so many
SURE: Final = 0.95  # a share above is all
CLEAN: Final = 0.9  # an information gain above is a clean cut
PROPERTIES: Final = ("form", "protocol", "port", "destination", "source", "direction", "family", "traffic")


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each pair of points that lost packets."""
    losses = case.network.losses
    if losses.is_empty():
        return
    told = _told(case, losses.filter(pl.col("fate").is_in(["lost", ""])))
    told = told.filter(~pl.col("flow").is_in(sorted(case.explained)))
    for (point, next_point), rows in sorted(
        told.group_by("point", "next_point"), key=lambda each: str(each[0])
    ):
        lost = rows.filter(pl.col("fate") == "lost")
        enough = lost["felt"].any() or (len(lost) >= FEW and len(lost) * 2 > len(rows))
        if len(lost) and enough and isinstance(point, int) and isinstance(next_point, int):
            yield _fact(case, point, next_point, rows, lost)


def _told(case: Case, losses: pl.DataFrame) -> pl.DataFrame:
    """Add the properties by which lost and delivered may differ."""
    variants = case.network.variants.select(
        "variant", "form", pl.col("kind").alias("l4"), "source_port", "destination_port"
    )
    columns = [
        "direction",
        "flow",
        "source",
        "destination",
        "source_kind",
        "destination_kind",
        "client",
        "who",
        "where",
        "version",
        "path",
    ]
    told = losses.join(variants, on="variant", how="left").join(
        case.network.directions.select(columns), on="direction", how="left"
    )
    server = pl.when("client").then("destination_port").otherwise("source_port")
    port = (
        pl.when(pl.col("kind").is_in(["tcp", "udp"]))
        .then(pl.format("{} {}", "kind", server))
        .otherwise("kind")
    )
    return told.with_columns(
        pl.col("kind").alias("protocol"),
        port.alias("port"),
        pl.when("client").then(pl.lit("requests")).otherwise(pl.lit("answers")).alias("direction_of"),
        pl.format("IPv{}", "version").alias("family"),
        pl.format("{} {}", "who", "where").alias("traffic"),
    )


def _fact(case: Case, point: int, next_point: int, rows: pl.DataFrame, lost: pl.DataFrame) -> Fact:
    here, there = case.point(point), case.point(next_point)
    columns = {name: name if name != "direction" else "direction_of" for name in PROPERTIES}
    found = qualify(rows, columns)
    share = len(lost) / len(rows)
    forms = sorted(set(lost["form"].to_list()))
    about: dict[str, Word] = {
        **case.ends(int(lost["direction"][0])),
        "from_role": str(here.role),
        "to_role": str(there.role),
        "from_node": here.node,
        "to_node": there.node,
        "from_interface": here.interface,
        "to_interface": there.interface,
        "node": here.node,
        "interface": here.interface,
        "pod": there.pod or here.pod,
        "across": here.node != there.node,
        "share": round(share, 3),
        "lost": len(lost),
        "sent": len(rows),
        "total": share > SURE or found.gain > CLEAN,
        "all": share > SURE,
        "by": found.name,
        "value": found.value,
        "clean": found.gain > CLEAN,
        "threshold": found.threshold,
        "forms": "plain" if forms == ["plain"] else ",".join(forms),
        "encapsulated": "plain" not in forms,
        "pods": lost["source_kind"].is_in([str(kind) for kind in PODS]).any(),
        "others_encapsulated": (rows.filter(pl.col("fate") == "")["form"] != "plain").any(),
        "alive": _alive(case, here.node, next_point),
        "skipped": _skipped(case, lost),
        "felt": bool(lost["felt"].any()),
        "where": lost["where"][0],
        "who": lost["who"][0],
        **case.traits,
    }
    return Fact(
        "lost_between",
        _says(about, found),
        frozenset(lost["flow"].to_list()),
        _frames(case, lost),
        len(lost),
        about,
    )


def _says(about: dict[str, Word], found: Qualifier) -> str:
    places = f"{about['from_node']} {about['from_interface']} and {about['to_node']} {about['to_interface']}"
    said = f"{about['lost']} of {about['sent']} packets are lost between {places}"
    return f"{said}; {found.says}" if found.says else said


def _frames(case: Case, lost: pl.DataFrame) -> Any:
    proof = lost.sort("file", "frame").head(5).select("file", pl.col("frame").alias("frame1"))
    blank = [pl.lit(0).alias(f"frame{k}") for k in range(2, 6)]
    return frames_of(proof.with_columns(blank).to_dicts(), case.network)


def _alive(case: Case, node: str | None, next_point: int) -> bool:
    """Whether the next point saw other traffic of the sending node: its own ARP or plain packets."""
    at = case.network.variants.filter(pl.col("point") == next_point)
    senders = (
        at.filter((pl.col("form") == "plain") & pl.col("source").is_not_null())["source"].unique().to_list()
    )
    return any(
        case.network.owners.of(each).node == node and case.address_is(each, node) == "this node"
        for each in senders
    )


def _skipped(case: Case, lost: pl.DataFrame) -> int:
    """Return how many expected steps lie between the two that were watched."""
    row = lost.row(0, named=True)
    steps = case.network.paths[row["path"]][row["step"] + 1 : row["next_step"]]
    return sum(not step.optional for step in steps)
