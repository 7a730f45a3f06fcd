"""An open connection is reset by somebody who is neither of its ends, as the TTL of the reset shows.

A node that has forgotten a translation answers the next segment itself, so the reset comes after a long pause
(net.netfilter.nf_conntrack_tcp_timeout_established, IPVS: 900 s).

`about`: ttl, other (that of the supposed sender), pause (seconds before it), node (whose interface saw it
first), interface, pod, toward (client or server), sender, receiver, source, destination, flow.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.outcome.outcome import Outcome
from pcapcheck.outcome.strangers import foreign_resets

SECOND: Final = 1_000_000_000  # ns


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each connection."""
    failed = case.network.outcomes.filter(pl.col("outcome") == Outcome.RESET)["flow"]
    resets = foreign_resets(case.network).filter(pl.col("flow").is_in(failed.implode()))
    for (flow,), rows in resets.group_by("flow", maintain_order=True):
        row = rows.sort("time").row(0, named=True)
        point = case.point(row["point"])
        variants = case.network.variants.filter(pl.col("variant").is_in(rows["variant"].implode()))
        client = case.flows[int(str(flow))][0]
        pause = round(row["pause"] / SECOND)
        yield Fact(
            evidence="reset_by_other",
            says=f"{point.text} sees a reset of {client['flow_text']} with TTL {row['ttl']}; the packets "
            f"of its supposed sender have TTL {row['other']} there"
            + (f"; the connection had been idle for {pause} s" if pause > 1 else ""),
            flows=frozenset([int(str(flow))]),
            frames=case.frames(variants),
            packets=max(2, int(variants["packets"].sum())),
            about={
                **case.ends(client["direction"]),
                "ttl": row["ttl"],
                "other": row["other"],
                "pause": pause,
                "toward": "server" if row["client"] else "client",
                "node": point.node,
                "interface": point.interface,
                "in_pod": point.inside,
                "pod": point.pod,
            },
            filter="tcp.flags.reset == 1",
        )
