"""Resets of TCP connections that were open: at which points, after how long a pause, and with which TTL.

A reset that either end sends is a close, and so is one after both have sent a FIN. Whose it is shows its TTL:
another than the packets of its supposed sender have at the same point means that somebody else sent it, since
a host gives all its packets one TTL (Linux net/ipv4/tcp_ipv4.c: tcp_v4_send_reset, sysctl_ip_default_ttl).
"""

import polars as pl

from pcapcheck.collect.identity import FIN, RST, SYN
from pcapcheck.correlate.conversationschemas import RESETS_SCHEMA
from pcapcheck.correlate.network import Network

OF_A_POINT = ("flow", "point")


def resets(located: pl.DataFrame, network: Network) -> pl.DataFrame:
    """Return the first reset of each open connection at each point, of one partition: `RESETS_SCHEMA`.

    Args:
        located: sightings with direction, point, aligned time and identity (`follow.located`).
        network: its directions.
    """
    tcp = located.filter((pl.col("kind") == "tcp") & pl.col("point").is_not_null())
    reset = pl.col("flags") & RST != 0
    if tcp.filter(reset).is_empty():
        return RESETS_SCHEMA.empty()
    ends = network.directions.select("direction", "flow", "client")
    of_resets = tcp.join(tcp.filter(reset).select("direction").unique(), on="direction", how="semi")
    flows = ends.join(of_resets.select("direction").unique(), on="direction").select("flow").unique()
    seen = (
        tcp.join(ends, on="direction").join(flows, on="flow", how="semi").sort("flow", "point", "time", "row")
    )
    pause = pl.col("time") - pl.col("time").shift(1).over(OF_A_POINT)
    opened = ((pl.col("flags") & (SYN | RST) == 0).cum_sum() > 0).over(OF_A_POINT)
    closed = ((pl.col("flags") & FIN != 0).cum_sum() > 0).over(OF_A_POINT)
    marked = seen.with_columns(
        pl.max_horizontal(pause, pause.shift(1).over(OF_A_POINT)).fill_null(0).alias("pause"),
        (opened & ~closed).alias("open"),
    )
    first = marked.filter(reset & pl.col("open")).unique(
        [*OF_A_POINT, "direction"], keep="first", maintain_order=True
    )
    return RESETS_SCHEMA.of(first)
