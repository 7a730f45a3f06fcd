"""A network of the small cluster of `clusters`, made of packets at capture points; no file is read.

`pod1` on node1 asks `pod2` on node2, as flannel carries it; only what matters to a test is written out.
"""

from dataclasses import replace

import polars as pl
from clusters import cluster, point, template
from packets import block, eth, ip, tcp, udp, vxlan

from pcapcheck.check.finding import Severity
from pcapcheck.check.rule import Rule
from pcapcheck.correlate.assembly import assemble
from pcapcheck.correlate.gather import Wanted, gather
from pcapcheck.decode.registry import dissector_table
from pcapcheck.mapping import Look
from pcapcheck.yamlevents import Place

TABLE = dissector_table({"udp.port": {8472: "vxlan"}}, by_content=True)
POD1, POD2, OUTSIDE, SERVICE = "10.244.1.5", "10.244.2.5", "203.0.113.9", "10.96.0.10"
NODE1, NODE2 = "192.168.10.1", "192.168.10.2"
START = 1_700_000_000_000_000_000


def ask(ttl=64, **more):
    """Return what pod1 asks pod2, at port 80; `seq` tells packets apart."""
    return said(POD1, POD2, ttl, **{"dport": 80, "flags": 0x02} | more)


def answer(ttl=64, **more):
    return said(POD2, POD1, ttl, **{"sport": 80, "dport": 40000, "flags": 0x12} | more)


def said(source, destination, ttl=64, **more):
    return eth(ip(tcp(**more), src=source, dst=destination, ttl=ttl))


def carried(frame, source=NODE1, destination=NODE2, vni=1):
    """Return a frame as it travels between nodes."""
    return eth(ip(udp(vxlan(frame, vni=vni)), src=source, dst=destination))


def network(seen, topology=None, paths=template, names=()):
    """Return what capture points saw, correlated: `{"node1 eth0": packets, "pod2": packets}`.

    A packet comes a microsecond after the one before it, and a millisecond later at the next point.
    """
    wanted = Wanted((*Look().names, *names), TABLE)
    parts = [gather([later(block(*packets), number)], wanted) for number, packets in enumerate(seen.values())]
    variants = [
        each.variants.with_columns(
            pl.lit(number, pl.Int64).alias("file"), pl.lit(number, pl.Int64).alias("point")
        )
        for number, each in enumerate(parts)
    ]
    numbered = pl.concat(variants).rename({"variant": "local"}).with_row_index("variant")
    numbered = numbered.cast({"variant": pl.Int64})
    kept = [
        each.sightings.with_columns(pl.lit(number, pl.Int64).alias("file"))
        for number, each in enumerate(parts)
    ]
    keys = (
        pl.concat(kept)
        .rename({"variant": "local"})
        .join(numbered.select("file", "local", "variant"), on=["file", "local"])
    )
    points = [point(where) for where in seen]
    files = [f"{where}.pcap" for where in seen]
    return assemble(
        numbered, keys.select("variant", "strong", "time"), points, files, topology or cluster(), paths
    )


def later(packets, number):
    return replace(packets, time=packets.time + number * 1_000_000)


def rule(**keys):
    """Return a rule `demo/one` that says what is given."""
    known = {"id": "demo/one", "title": "One", "severity": Severity.ERROR, "because": "", "fix": ""}
    return Rule(**{**known, "references": (), "place": Place(""), **keys})
