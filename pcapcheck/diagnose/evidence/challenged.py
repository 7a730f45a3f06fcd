"""A SYN is answered by a bare acknowledgement, which the client resets.

The server still knows an earlier connection with the same addresses and ports, in TIME-WAIT or open, and
challenges the SYN (RFC 5961, 4; RFC 9293, 3.10.7.4). A node that masquerades has given the port again too
early.

`about`: asked, server, node (that masquerades, else the client's), interface, sender, receiver, source,
destination, flow.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.outcome.exchange import ANSWER, ASK, FURTHER, RESET, SOCKETS, exchanges


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each conversation whose SYN was challenged."""
    if case.network.outcomes.filter("failed").is_empty():
        return
    failed = case.network.outcomes.filter("failed", pl.col("asked") > 0).select("flow")
    said = exchanges(case.network).filter(pl.col("kind") == "tcp").join(failed, on="flow", how="semi")
    per = said.group_by("flow", maintain_order=True).agg(
        (pl.col("client") & (pl.col("what") == ASK)).any().alias("asks"),
        (~pl.col("client") & (pl.col("what") == ANSWER)).any().alias("answers"),
        (~pl.col("client") & (pl.col("what") == FURTHER)).any().alias("challenges"),
        (pl.col("client") & (pl.col("what") == RESET)).any().alias("resets"),
    )
    for flow in per.filter("asks", "challenges", "resets", ~pl.col("answers"))["flow"]:
        rows = said.filter(pl.col("flow") == flow)
        yield _fact(case, case.flows[flow][0], rows)


def _fact(case: Case, client: dict[str, Any], rows: pl.DataFrame) -> Fact:
    seen = case.network.variants.filter(pl.col("variant").is_in(rows["variant"].implode()))
    sources = rows.filter("client").select(SOCKETS[1]).unique(maintain_order=True).to_series().to_list()
    nodes = [case.network.owners.of(each).node for each in sources if case.address_is(each, None) != "pod"]
    point = case.point(rows.filter("client")["point"][-1])
    return Fact(
        evidence="challenged",
        says=f"{client['destination']} answers the SYN of {client['flow_text']} with a bare acknowledgement, "
        "which the client resets",
        flows=frozenset([client["flow"]]),
        frames=case.frames(seen.sort("first")),
        packets=max(2, int(seen["packets"].sum())),
        about={
            **case.ends(client["direction"]),
            "server": client["destination_name"] or client["destination"],
            "node": next((each for each in nodes if each), client["source_node"] or point.node),
            "interface": point.interface,
        },
        filter=f"tcp.port == {client['source_port']}",
    )
