"""What follows from what was seen of a conversation: expressions over the frame that `outcomes` makes."""

from typing import Final

import polars as pl

from pcapcheck.outcome.outcome import Outcome
from pcapcheck.topology.topology import OwnerKind, Role

AGAIN: Final = 800_000_000  # ns: a SYN is sent again after 1 s
ECHO_PATIENCE: Final = 1_000_000_000  # ns, as in `follow.fate`
LONG_ENOUGH: Final = 3_000_000_000  # ns: by then a client has an answer, or has asked again
LAST_REQUESTS: Final = 3  # requests without an answer, one after the other, after others were answered
COPIES: Final = 3  # times that the same bytes are sent, without an acknowledgement
STALL: Final = 500_000_000  # ns between the first and the last of them
REPEATED_ANSWERS: Final = 3  # SYN-ACKs, without a packet of the client
QUERIES: Final = (53, 67, 123, 161, 1812, 1813)  # UDP ports of protocols in which every request is answered
OWN_DOORS: Final = (str(Role.POD), str(Role.VETH))


def outcome_of() -> pl.Expr:
    """Return the outcome of each flow."""
    again = (pl.col("packets") > 1) & (pl.col("last") - pl.col("first") >= AGAIN)
    tried = again | pl.col("retried") | (pl.col("waited") >= _patience())
    refused = (pl.col("resets") > 0) | pl.col("error_from").is_not_null()
    return (
        pl.when(pl.col("l4").is_in(["tcp", "sctp"]))
        .then(_of_connection(again, tried, refused))
        .when(pl.col("group") & (pl.col("l4") != "dhcp"))
        .then(pl.lit(Outcome.ONE_WAY))
        .otherwise(_of_query(again, tried, refused))
    )


def _patience() -> pl.Expr:
    """Return after how long a request has had its time."""
    return pl.when(pl.col("l4") == "echo").then(ECHO_PATIENCE).otherwise(LONG_ENOUGH)


def _of_connection(again: pl.Expr, tried: pl.Expr, refused: pl.Expr) -> pl.Expr:
    """Return the outcome of a TCP connection or an SCTP association."""
    stalled = (pl.col("open_copies") >= COPIES) & (pl.col("open_for") >= STALL)
    renewed = (
        pl.col("opens").fill_null(value=False) & (pl.col("open_copies") > 1) & (pl.col("open_for") >= AGAIN)
    )
    opened = pl.col("went_on") > 0
    half = pl.col("answered") > 0
    repeated = (pl.col("answered") >= REPEATED_ANSWERS) & (pl.col("answered_for") >= AGAIN)
    left = half & (repeated | again) & pl.col("own_resets").is_null()
    seen_whole = pl.col("first").is_not_null()
    return (
        pl.when(opened | ~seen_whole)
        .then(
            pl.when(pl.col("strangers") > 0)
            .then(pl.lit(Outcome.RESET))
            .when(renewed)
            .then(pl.lit(Outcome.UNANSWERED))
            .when(stalled)
            .then(pl.lit(Outcome.STALLED))
            .when(opened | (pl.col("ways") > 1))
            .then(pl.lit(Outcome.ANSWERED))
            .otherwise(pl.lit(Outcome.UNKNOWN))
        )
        .when(left)
        .then(pl.lit(Outcome.UNANSWERED))
        .when(half & (pl.col("packets_near") > 0))
        .then(pl.lit(Outcome.ANSWERED))
        .when(refused)
        .then(pl.lit(Outcome.REFUSED))
        .when(tried)
        .then(pl.lit(Outcome.UNANSWERED))
        .otherwise(pl.lit(Outcome.UNKNOWN))
    )


def _of_query(again: pl.Expr, tried: pl.Expr, refused: pl.Expr) -> pl.Expr:
    """Return the outcome of echoes and datagrams."""
    answered = pl.col("packets_near") > 0
    ceased = (pl.col("open_items") >= LAST_REQUESTS) & (pl.col("open_for") >= AGAIN)
    known = pl.col("destination_port").is_in(QUERIES)
    query = (pl.col("l4").is_in(["echo", "dhcp"]) | known | pl.col("lively")).fill_null(value=False)
    return (
        pl.when(answered & ~(ceased & query))
        .then(pl.lit(Outcome.ANSWERED))
        .when(answered)
        .then(pl.lit(Outcome.UNANSWERED))
        .when(refused)
        .then(pl.lit(Outcome.REFUSED))
        .when(pl.col("first").is_null())
        .then(pl.lit(Outcome.UNKNOWN))
        .when(query & tried)
        .then(pl.lit(Outcome.UNANSWERED))
        .when(query)
        .then(pl.lit(Outcome.UNKNOWN))
        .otherwise(pl.lit(Outcome.ONE_WAY))
    )


def delivered() -> pl.Expr:
    """Return whether a request was seen at the interface of the destination, or on the node that it is."""
    pod = pl.col("far_role").is_in(OWN_DOORS) & pl.col("far_pod").eq_missing(pl.col("destination_name"))
    node = (pl.col("destination_kind") == str(OwnerKind.NODE)) & (
        pl.col("far_node") == pl.col("destination_node")
    )
    return pod | node.fill_null(value=False)


def refused_by() -> pl.Expr:
    """Return who refused a conversation, as far as the points tell."""
    return pl.when(pl.col("outcome") == Outcome.REFUSED).then(
        pl.when("delivered")
        .then(pl.lit("destination"))
        .when(pl.col("far_node") == pl.col("destination_node"))
        .then(pl.lit("node of the destination"))
        .when(pl.col("far_node") == pl.col("source_node"))
        .then(pl.lit("node of the client"))
        .otherwise(pl.lit("unknown"))
    )
