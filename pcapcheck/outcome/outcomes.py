"""How each conversation ended, from its requests and answers at all capture points.

The question is whether the client was served, not whether a header is right. It is asked at the capture point
nearest to the client that saw its first request, with the sockets that the request has there: an answer from
another address answers nothing, and an answer that was seen only further on did not come back.

A TCP connection is open once the client goes on after its SYN. A SYN that was sent again (the first
retransmission comes after 1 s: RFC 6298, 2.1) or that nobody answered while the point went on capturing is
unanswered; so is a SYN-ACK that its sender repeats. Of UDP nobody knows what asks for an answer: a flow is
unanswered if its server answers others, or if its port is one of a protocol of queries.
"""

from typing import Final

import polars as pl

from pcapcheck.correlate.conversationschemas import OUTCOMES_SCHEMA
from pcapcheck.correlate.flowlist import INTERFACES
from pcapcheck.correlate.network import Network
from pcapcheck.outcome.conclusion import AGAIN, delivered, outcome_of, refused_by
from pcapcheck.outcome.exchange import (
    ANSWER,
    ASK,
    FURTHER,
    MIRRORED,
    RESET,
    SOCKETS,
    exchanges,
)
from pcapcheck.outcome.outcome import FAILED
from pcapcheck.outcome.quotes import TIME_EXCEEDED, TOO_BIG, quotes
from pcapcheck.outcome.strangers import foreign_resets
from pcapcheck.topology.topology import OwnerKind

NO_REFUSAL: Final = ("", TOO_BIG, TIME_EXCEEDED)
KINDS_OUTSIDE: Final = tuple(str(kind) for kind in (OwnerKind.EXTERNAL, OwnerKind.ROUTER))
GROUP: Final = str(OwnerKind.GROUP)


def outcomes(network: Network) -> pl.DataFrame:
    """Return a row for each conversation: `OUTCOMES_SCHEMA`, in order of flows."""
    said = exchanges(network) if len(network.variants) else pl.DataFrame()
    if said.is_empty():
        return OUTCOMES_SCHEMA.empty()
    ordered = _ordered(said, network)
    flows = said.select("flow").unique().sort("flow")
    parts = (
        *(_asked(ordered), _answers(ordered), _ends(network), _refused(network), _open(network)),
        foreign_resets(network).group_by("flow").agg(pl.len().alias("strangers")),
    )
    for part in parts:
        flows = flows.join(part, on="flow", how="left", maintain_order="left")
    flows = flows.join(_places(network), on="far", how="left", maintain_order="left")
    counts = ("packets_near", "open_items", "open_copies", "open_for", "went_on", "answered", "resets")
    judged = flows.with_columns(pl.col(*counts).fill_null(0)).join(
        _until(network), left_on="near_place", right_on="place", how="left", maintain_order="left"
    )
    waited = (pl.col("until") - pl.col("last")).alias("waited")
    judged = judged.with_columns(waited, _answering().alias("lively"), _retried().alias("retried"))
    told = judged.with_columns(outcome_of().alias("outcome"), delivered().alias("delivered"))
    told = told.with_columns(refused_by().alias("by"))
    named = told.with_columns(
        pl.format("{} {} {}", "l4", "destination", "destination_port").alias("server"),
        pl.col("outcome").is_in(FAILED).alias("failed"),
        pl.col("packets").fill_null(0).alias("asked"),
        pl.col("packets_near").alias("answers"),
        pl.coalesce("open_since", "first").alias("since"),
        pl.col("delivered").fill_null(value=False),
    )
    return OUTCOMES_SCHEMA.of(named)


def _ordered(said: pl.DataFrame, network: Network) -> pl.DataFrame:
    """Sort by flow and by the order in which packets pass: by steps, or else by ends and time."""
    clients = network.directions.filter("client").unique("flow", keep="first", maintain_order=True)
    names = clients.select("flow", "source_name", "destination_name")
    named = said.join(names, on="flow", how="left", maintain_order="left").with_columns(
        network.of_point("pod").alias("inside")
    )
    from_source = pl.col("inside") == pl.col("source_name")
    at_destination = pl.col("inside") == pl.col("destination_name")
    first = pl.when("client").then(from_source).otherwise(at_destination)
    last = pl.when("client").then(at_destination).otherwise(from_source)
    end = pl.when(first).then(0).when(last).then(2).otherwise(1)
    placed = pl.col("step").is_not_null().all().over("flow", "client")
    at = pl.when(placed).then("step").otherwise(end).alias("at")
    return (
        named.with_columns(at).drop("source_name", "destination_name", "inside").sort("flow", "at", "first")
    )


def _asked(ordered: pl.DataFrame) -> pl.DataFrame:
    """Return the requests at the point nearest to the client, and what was seen of their sockets anywhere."""
    asks = ordered.filter((pl.col("what") == ASK) & ((pl.col("kind") == "tcp") | pl.col("client")))
    near = asks.unique("flow", keep="first", maintain_order=True)
    far = asks.unique("flow", keep="last", maintain_order=True).select("flow", pl.col("point").alias("far"))
    own = near.select("flow", *SOCKETS)
    back = own.rename(dict(zip(SOCKETS, MIRRORED, strict=True))).select("flow", *SOCKETS)
    sent, got = (ordered.join(ends, on=["flow", *SOCKETS], how="semi") for ends in (own, back))
    answers, resets, went_on = (
        got.filter(pl.col("what").is_in([ANSWER, FURTHER])),
        got.filter(pl.col("what") == RESET),
        sent.filter(pl.col("what") == FURTHER),
    )
    counted = [
        answers.join(near.select("flow", "place"), on=["flow", "place"], how="semi")
        .group_by("flow")
        .agg(pl.col("packets").sum().alias("packets_near")),
        answers.filter(pl.col("what") == ANSWER)
        .group_by("flow")
        .agg(
            pl.col("packets").max().alias("answered"),
            (pl.col("last") - pl.col("first")).max().alias("answered_for"),
        ),
        resets.group_by("flow").agg(
            pl.col("packets").max().alias("resets"),
            pl.col("point").sort_by("first").first().alias("reset_at"),
        ),
        sent.filter(pl.col("what") == RESET)
        .group_by("flow")
        .agg(pl.col("packets").max().alias("own_resets")),
        went_on.group_by("flow").agg(pl.col("packets").max().alias("went_on")),
    ]
    named = near.select(
        *("flow", "kind", "destination", "destination_port", "packets", "first", "last"),
        *(pl.col(name).alias(f"asked_{name}") for name in SOCKETS[1:]),
        pl.col("point").alias("near"),
        pl.col("place").alias("near_place"),
    )
    for part in (far, *counted):
        named = named.join(part, on="flow", how="left", maintain_order="left")
    return named


def _answers(ordered: pl.DataFrame) -> pl.DataFrame:
    """Return the first and the last point that saw an answer, and whether both ends were heard at all."""
    back = ordered.filter(~pl.col("client") & pl.col("what").is_in([ANSWER, FURTHER]))
    ends = back.group_by("flow", maintain_order=True).agg(
        pl.col("point").first().alias("answer_first"), pl.col("point").last().alias("answer_last")
    )
    heard = ordered.group_by("flow").agg(
        pl.col("client").n_unique().alias("ways"), pl.col("kind").first().alias("l4")
    )
    return heard.join(ends, on="flow", how="left")


def _ends(network: Network) -> pl.DataFrame:
    """Return who talks with whom: the ends as the client's direction has them."""
    clients = network.directions.filter("client").unique("flow", keep="first", maintain_order=True)
    outside = [
        pl.when(pl.col(f"{end}_kind").is_in(KINDS_OUTSIDE)).then(pl.col(end))
        for end in ("source", "destination")
    ]
    return clients.select(
        "flow",
        "source_node",
        "destination_node",
        "destination_name",
        pl.col("destination_kind"),
        pl.coalesce(*outside).alias("outside"),
        (pl.col("destination_kind").eq(GROUP) | pl.col("source_kind").eq(GROUP))
        .fill_null(value=False)
        .alias("group"),
    )


def _refused(network: Network) -> pl.DataFrame:
    """Return the flows of which an ICMP error quotes a packet, with who sends the error."""
    errors = quotes(network)
    if errors.is_empty():
        return pl.DataFrame(schema={"flow": pl.Int64, "error_from": pl.String})
    refusing = errors.filter(~pl.col("says").is_in(NO_REFUSAL)).drop_nulls("quoted_flow").sort("first")
    return refusing.select(pl.col("quoted_flow").alias("flow"), pl.col("source").alias("error_from")).unique(
        "flow", keep="first", maintain_order=True
    )


def _open(network: Network) -> pl.DataFrame:
    """Return what each flow still waited for at its end, of either direction the one that waited longer."""
    rows = network.pending.with_columns((pl.col("what") == "opening").alias("opens")).sort(
        "flow", "opens", "copies", "items", descending=[False, True, True, True]
    )
    first = rows.unique("flow", keep="first", maintain_order=True)
    return first.select(
        "flow",
        pl.col("items").alias("open_items"),
        pl.col("copies").alias("open_copies"),
        pl.col("since").alias("open_since"),
        "opens",
        (pl.col("until") - pl.col("since")).alias("open_for"),
    )


def _places(network: Network) -> pl.DataFrame:
    """Return node, role and pod of every point, as of the last point that saw a request."""
    names = {"point": "far", "node": "far_node", "role": "far_role", "pod": "far_pod"}
    return network.points.select(pl.col(name).alias(called) for name, called in names.items())


def _until(network: Network) -> pl.DataFrame:
    """Return how long each place went on capturing: place, until (ns, clocks aligned)."""
    unbound = -1 - pl.col("file") * INTERFACES - pl.col("interface").cast(pl.Int64)
    offset = network.of_point("ahead").fill_null(0)
    every = network.variants.select(
        pl.coalesce("point", unbound).alias("place"), (pl.col("last") - offset).alias("until")
    )
    return every.group_by("place").agg(pl.col("until").max())


def _retried() -> pl.Expr:
    """Return whether a client asks a server again from another port, and is never answered."""
    ends = ("l4", "asked_source", "destination", "destination_port")
    spread = pl.col("first").max().over(ends) - pl.col("first").min().over(ends)
    return (spread >= AGAIN) & (pl.col("packets_near").max().over(ends) == 0)


def _answering() -> pl.Expr:
    """Return whether the server that a flow asks answers anybody."""
    return (pl.col("packets_near") > 0).any().over("l4", "destination", "destination_port")
