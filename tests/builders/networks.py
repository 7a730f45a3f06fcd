"""A network of the small cluster of `clusters`, made of packets at capture points; no file is read.

`pod1` on node1 asks `pod2` on node2, as flannel carries it; only what matters to a test is written out.
"""

from dataclasses import replace

import polars as pl
from clusters import cluster, point, template
from dpkt.ip import IP
from packets import block, eth, ip, tcp, udp, vxlan

from pcapcheck.check.finding import Severity
from pcapcheck.check.rule import Rule
from pcapcheck.collect.gather import gather
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.correlate.assemble import assemble
from pcapcheck.decode.registry import dissector_table
from pcapcheck.documents.events import Place
from pcapcheck.follow.follow import located

TABLE = dissector_table({"udp.port": {8472: "vxlan"}}, by_content=True)
POD1, POD2, OUTSIDE, SERVICE = "10.244.1.5", "10.244.2.5", "203.0.113.9", "10.96.0.10"
NODE1, NODE2 = "192.168.10.1", "192.168.10.2"
START = 1_700_000_000_000_000_000


def ask(ttl=64, **more):
    """Return what pod1 asks pod2, at port 80.

    Packets of two flows must differ in `seq`: one packet with two pairs of ends was translated.
    """
    return said(POD1, POD2, ttl, **{"dport": 80, "flags": 0x02} | more)


def answer(ttl=64, **more):
    return said(POD2, POD1, ttl, **{"sport": 80, "dport": 40000, "seq": 1000, "flags": 0x12} | more)


def said(source, destination, ttl=64, **more):
    return eth(summed(ip(tcp(**more), src=source, dst=destination, ttl=ttl)))


def summed(packet):
    """Return a packet whose TCP checksum is right, so that it counts as undamaged."""
    read = IP(packet)
    read.sum = read.data.sum = 0  # dpkt fills both in
    return type(packet)(bytes(read))


def carried(frame, source=NODE1, destination=NODE2, vni=1):
    """Return a frame as it travels between nodes."""
    return eth(ip(udp(vxlan(frame, vni=vni)), src=source, dst=destination))


def gathered(seen, names=()):
    """Return variants and sightings of what capture points saw: `{"node1 eth0": packets, "pod2": packets}`.

    A packet comes a microsecond after the one before it, and a millisecond later at the next point.
    """
    plan = ReadPlan((*ReadPlan().names, *names))
    parts = [
        gather([later(block(*packets), number)], plan, TABLE) for number, packets in enumerate(seen.values())
    ]
    variants = pl.concat(_of_file(each.variants, number) for number, each in enumerate(parts))
    sightings = pl.concat(_of_file(each.sightings, number) for number, each in enumerate(parts))
    placed = variants.with_columns(pl.col("file").alias("point"), whole=pl.lit(value=True))
    numbered = placed.with_row_index("variant")
    numbered = numbered.cast({"variant": pl.Int64})
    known = numbered.select("file", "local", "variant")
    return numbered, sightings.join(known, on=["file", "local"], maintain_order="left")


def _of_file(frame, number):
    return frame.rename({"variant": "local"}).with_columns(pl.lit(number, pl.Int64).alias("file"))


def later(packets, number):
    return replace(packets, time=packets.time + number * 1_000_000)


def network(seen, topology=None, paths=template, names=()):
    """Return what capture points saw, correlated; see `gathered`."""
    variants, sightings = gathered(seen, names)
    points, files = [point(where) for where in seen], [f"{where}.pcap" for where in seen]
    keys = sightings.select("variant", "strong", "time")
    return assemble(variants, keys, points, files, topology or cluster(), paths)


def followed(seen):
    """Return the sightings of what capture points saw, located, and the network."""
    correlated = network(seen)
    return located(gathered(seen)[1], correlated), correlated


def rule(**keys):
    """Return a rule `demo/one` that says what is given."""
    known = {"id": "demo/one", "title": "One", "severity": Severity.ERROR, "because": "", "fix": ""}
    return Rule(**{**known, "references": (), "place": Place(""), **keys})
