"""The conversations that failed, and which of them are a matter of the cluster.

A conversation between two members of the cluster, or with one of its services, is always one. Of
conversations with the outside nobody knows whether the other end is there at all. They count if at least
three with the same outside address, with the same server, or of one client with one server were tried, and
more than half of them failed; or if three were delivered to the same member of the cluster, and it did not
answer the client.
"""

from typing import Final

import polars as pl

from pcapcheck.correlate.network import Network
from pcapcheck.outcome.outcome import Outcome

TRIED_OUTSIDE: Final = 3  # conversations with one end outside, before its failures count
PAIR_OF_ENDS: Final = ["asked_source", "asked_destination", "asked_destination_port"]
NOT_TRIED: Final = (Outcome.ONE_WAY, Outcome.UNKNOWN)


def failures(network: Network) -> pl.DataFrame:
    """Return the failed conversations: the columns of `Network.outcomes`, and `counts`, `hopeless`.

    `counts` says that the failure is a matter of the cluster; `hopeless`, that every conversation with the
    same end outside failed.
    """
    tried = network.outcomes.filter(~pl.col("outcome").is_in(NOT_TRIED))
    if network.topology.unplaced:  # who knows whether these hosts are members of a cluster?
        tried = tried.with_columns(pl.coalesce("outside", "asked_destination").alias("outside"))
    failed = pl.col("failed")
    often = [
        (pl.len().over(ends) >= TRIED_OUTSIDE) & (failed.sum().over(ends) * 2 > pl.len().over(ends))
        for ends in (["outside"], ["server"], PAIR_OF_ENDS)
    ]
    came = pl.col("delivered") & failed & (pl.col("outside") == pl.col("asked_source"))
    often.append(came & (came.sum().over(PAIR_OF_ENDS) >= TRIED_OUTSIDE))
    inside = pl.col("outside").is_null()
    marked = tried.with_columns(
        (inside | pl.any_horizontal(often).fill_null(value=False)).alias("counts"),
        (inside | failed.all().over("outside", "asked_destination_port")).alias("hopeless"),
    )
    return marked.filter(failed)
