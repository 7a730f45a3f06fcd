"""Address tuples and directions of the small cluster of `clusters`; only what matters to a test is said."""

import polars as pl
from clusters import cluster

from pcapcheck.correlate.flowtable import directions, owned
from pcapcheck.correlate.network import Network
from pcapcheck.correlate.pointframe import points_frame
from pcapcheck.correlate.schemas import WATCHED_SCHEMA
from pcapcheck.correlate.steps import step_points_frame, steps_frame
from pcapcheck.topology.owners import Owners

POD1, POD2 = ("10.244.1.5", 40000), ("10.244.2.5", 8080)
ANSWERING = (POD2, POD1)
SERVICE, OUTSIDE = ("10.96.0.10", 80), ("203.0.113.9", 443)
OWNERS = Owners(cluster())
ENDS = ("source", "source_port", "destination", "destination_port")


def sent(direction, source, destination, kind="tcp", opens=False, first=0):
    """Return a tuple: who sends what to whom, (address, port) each."""
    row = dict(zip(ENDS, (*source, *destination), strict=True))
    return {
        "direction": direction,
        "kind": kind,
        **row,
        "opens": opens,
        "opened": first if opens else None,
        "first": first,
    }


def tuples(*rows):
    schema = {"source": pl.String, "destination": pl.String}
    frame = pl.DataFrame(rows, schema_overrides=schema).with_row_index("tuple").cast({"tuple": pl.Int64})
    return owned(frame, OWNERS)


def directed(*rows):
    return directions(tuples(*rows))


def network(variants=None, directions=None, paths=(), points=(), offsets=None, **more):
    """Return a network in which nothing was seen but what is given."""
    places = step_points_frame(paths, points)
    usual = {
        "topology": cluster(),
        "owners": OWNERS,
        "files": (),
        "step_points": places,
        "steps": steps_frame(paths, places),
        "watched": WATCHED_SCHEMA.empty(),
    }
    return Network(
        variants=pl.DataFrame() if variants is None else variants,
        directions=pl.DataFrame() if directions is None else directions,
        paths=tuple(paths),
        capture_points=tuple(points),
        points=points_frame(points, offsets or {}),
        offsets=offsets or {},
        **(usual | more),
    )
