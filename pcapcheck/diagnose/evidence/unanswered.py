"""Conversations failed: requests were sent again, or waited for, and nothing came back to the client.

Flows that an earlier cause explains are left out, and so are those with the outside that count for nothing
(`failures`).

`about`: reached (answers: they were seen, and ended before the client; destination: the request was
delivered; way: it was last seen on the way), far_role, target_is (whose address the request has where it was
last seen; a port that is a NodePort makes it a service), actual (that address), node (where to look: whose
interface saw the last of it, or the destination's node), interface, pod, last_hop, first_hop, server,
headline (the finding as a statement), protocol, outcome, conversations, in_common (what all failing ones have
and no other), sender, receiver, source, destination, flow, next_capture, and the traits of the profile.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact, Word
from pcapcheck.diagnose.failures import failures
from pcapcheck.diagnose.qualifier import CLEAN, Qualifier, qualify
from pcapcheck.outcome.exchange import CONVERSATIONS
from pcapcheck.outcome.outcome import Outcome
from pcapcheck.topology.topology import CapturePoint, OwnerKind

PROPERTIES: Final = ("destination", "destination_port", "source", "pair", "family", "source_port")
FAILING: Final = "failing conversations"
OPEN_ENDED: Final = (Outcome.UNANSWERED, Outcome.STALLED)
ENDS: Final = ("asked_source", "asked_destination", "asked_destination_port")
TOGETHER: Final = ("reached", "last")


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each place where requests or answers of failed conversations were last seen."""
    failed = _placed(failures(case.network).filter("counts", pl.col("outcome").is_in(OPEN_ENDED)))
    explained = pl.col("flow").is_in(sorted(case.explained))
    known = failed.filter(explained)
    rest = failed.filter(~explained)
    for alike in (ENDS, TOGETHER):  # what ends as others do, or where they do, has their cause
        rest = rest.join(known.select(alike).unique(), on=alike, how="anti", nulls_equal=True)
    for (where, last), rows in rest.sort("since", "flow").group_by(TOGETHER, maintain_order=True):
        yield _fact(case, str(where), last if isinstance(last, int) else None, rows)


def _placed(failed: pl.DataFrame) -> pl.DataFrame:
    """Add how far each conversation got (`reached`), and the point that saw the last of it (`last`)."""
    reached = (
        pl.when(pl.col("answer_last").is_not_null() & (pl.col("outcome") == Outcome.UNANSWERED))
        .then(pl.lit("answers"))
        .when("delivered")
        .then(pl.lit("destination"))
        .otherwise(pl.lit("way"))
    )
    last = pl.when(pl.col("reached") == "answers").then("answer_last").otherwise("far")
    return failed.with_columns(reached.alias("reached")).with_columns(last.alias("last"))


def _fact(case: Case, reached: str, last: int | None, rows: pl.DataFrame) -> Fact:
    row = rows.row(0, named=True)
    client = case.flows[row["flow"]][0]
    ends = case.ends(client["direction"])
    here, near = case.point(last), case.point(row["near"])
    kept = _packets(case, rows, last)
    name = ends["destination"] or str(row["asked_destination"])
    what = _what(name, rows)
    found = _common(case, rows)
    target = _target(case, kept)
    reached = "way" if reached == "destination" and target == OwnerKind.SERVICE else reached
    about: dict[str, Word] = {
        **ends,
        "reached": reached,
        "far_role": str(here.role),
        "target_is": target,
        "node": ends["receiver"] if reached == "destination" and ends["receiver"] else here.node,
        "interface": here.interface or None,
        "in_pod": here.inside,
        "pod": here.pod,
        "last_hop": here.text,
        "first_hop": near.text,
        "server": name,
        "protocol": client["l4"],
        "outcome": row["outcome"],
        "conversations": len(rows),
        "actual": str(kept["destination"][0]) if len(kept) else None,
        "headline": _headline(reached, name, here, row),
        "in_common": found.of(FAILING),
        "next_capture": _next(case, reached, here, client),
        **case.traits,
    }
    return Fact(
        evidence="unanswered",
        says=f"{what}; {_seen(reached, here, near)}"
        + (f"; {found.of(FAILING)}" if found.of(FAILING) else ""),
        flows=frozenset(rows["flow"].to_list()),
        frames=case.frames(kept),
        packets=max(2, int(rows["asked"].sum())),
        about=about,
    )


def _what(name: str, rows: pl.DataFrame) -> str:
    """Return how many conversations failed, and what was asked and answered in them."""
    total = len(rows)
    conversations = "1 conversation" if total == 1 else f"{total} conversations"
    if (rows["outcome"] == Outcome.STALLED).all():
        return f"{conversations} with {name} stalled: data is sent again and again and never acknowledged"
    asked, answers = int(rows["asked"].sum()), int(rows["answers"].sum())
    requests = "1 request" if asked == 1 else f"{asked} requests"
    came = "no answer" if not answers else f"{answers} answers, none to the last requests"
    return f"{conversations} with {name} failed: {requests}, {came}"


def _seen(reached: str, here: CapturePoint, near: CapturePoint) -> str:
    """Return where the requests and answers were seen."""
    if reached == "answers":
        return f"answers were last seen at {here.text} and did not reach {near.text}"
    if reached == "destination":
        return f"the requests were delivered: {here.text} saw them"
    return f"the requests were last seen at {here.text}"


def _headline(reached: str, name: str, here: CapturePoint, row: dict[str, Any]) -> str:
    """Return the statement that is the title of a diagnosis."""
    if row["outcome"] == Outcome.STALLED:
        return f"Connections with {name} stall: data is sent again and never acknowledged"
    if reached == "answers":
        return f"Answers of {name} do not reach the client; they were last seen at {here.text}"
    if reached == "destination":
        return f"{name} does not answer requests that were delivered to it"
    return f"Requests to {name} are not answered; they were last seen at {here.text}"


def _packets(case: Case, rows: pl.DataFrame, last: int | None) -> pl.DataFrame:
    """Return the variants of the failed conversations at the place where they were last seen."""
    own = case.variants(*CONVERSATIONS).filter(pl.col("flow").is_in(rows["flow"].implode()))
    here = own.filter(pl.col("point") == last) if last is not None else own
    return (here if len(here) else own).sort("file", "frame1")


def _target(case: Case, kept: pl.DataFrame) -> Word:
    """Return whose address the last request was sent to."""
    asked = kept.filter("client")
    if asked.is_empty():
        return None
    kind = case.network.owners.of(asked["destination"][0]).kind
    is_node_port = kind == OwnerKind.NODE and asked["destination_port"][0] in _node_ports(case)
    return str(OwnerKind.SERVICE if is_node_port else kind)


def _node_ports(case: Case) -> set[int]:
    """Return the ports that nodes are seen to translate to a pod."""
    clients = case.network.directions.filter(
        "client", pl.col("destination_is_node").is_not_null(), pl.col("destination_kind") == OwnerKind.POD
    )
    asked = case.network.outcomes.join(clients.select("flow"), on="flow", how="semi")
    return set(asked["asked_destination_port"].drop_nulls().to_list())


def _common(case: Case, rows: pl.DataFrame) -> Qualifier:
    """Return what all failed conversations have in common, and no other conversation has."""
    clients = case.network.directions.filter("client")
    servers = clients.join(rows.select("flow"), on="flow", how="semi").select("l4").unique()
    outcomes = case.network.outcomes.filter(pl.col("outcome").is_in([Outcome.ANSWERED]) | pl.col("failed"))
    asked = ("asked_source", "asked_source_port", "asked_destination", "asked_destination_port")
    ends = clients.select("flow", "l4", "version", "source_node", "destination_node")
    near = ends.join(servers, on="l4", how="semi").join(outcomes.select("flow", "failed", *asked), on="flow")
    mine = pl.col("flow").is_in(rows["flow"].implode())
    others = near.filter(mine | ~pl.col("failed")).with_columns(
        pl.when(mine).then(pl.lit("lost")).otherwise(pl.lit("")).alias("fate"),
        pl.format("IPv{}", "version").alias("family"),
        pl.format("{} to {}", "source_node", "destination_node").alias("pair"),
        pl.lit(0).alias("size"),
    )
    own = ("family", "pair")
    found = qualify(others, {name: name if name in own else f"asked_{name}" for name in PROPERTIES})
    clean = found.gain > CLEAN and 0 < len(rows) < len(others)
    each = found.name == "source_port" and rows["asked_source_port"].n_unique() == len(rows)  # says nothing
    return found if clean and not each else Qualifier("nothing", "", 0.0)


def _next(case: Case, reached: str, here: CapturePoint, client: dict[str, Any]) -> str | None:
    """Return the capture that would decide."""
    if reached == "destination":
        return None
    known = [point.text for point in case.network.capture_points]
    pod = client["destination_name"] if client["destination_kind"] == OwnerKind.POD else None
    if reached == "way" and pod and not any(str(pod) in text for text in known):
        return f"capture inside the pod {pod}, and on its node"
    if reached == "way" and client["destination_node"] not in {p.node for p in case.network.capture_points}:
        wanted = client["destination_node"]
        return f"capture on {wanted}" if wanted else f"capture behind {here.text}, towards the destination"
    return f"capture the hops behind {here.text}"
