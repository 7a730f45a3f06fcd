"""Networks: their capture points, and the schemas of their frames."""

from dataclasses import FrozenInstanceError, replace

import polars as pl
import pytest
from directed import network
from networks import answer, ask, carried
from networks import network as correlated

from pcapcheck.correlate.network import validate
from pcapcheck.correlate.schemas import NETWORK_SCHEMAS
from pcapcheck.topology.topology import CapturePoint, Role

POINTS = (CapturePoint("node1", "veth1", Role.VETH), CapturePoint("node2", "eth0", Role.UPLINK))
SEEN = {"pod1": [ask(), answer()], "node1 eth0": [carried(ask(63))]}


def test_where_only_summaries_were_kept_no_packets_are_known():
    kept = network()
    frames = (kept.hops, kept.losses, kept.passes, kept.late, kept.damaged, kept.windows)
    assert all(each.is_empty() for each in frames)


def test_what_was_found_is_not_changed_afterwards():
    with pytest.raises(FrozenInstanceError):
        network().files = ("other.pcap",)


def test_points_are_chosen_by_their_properties():
    assert network(points=POINTS).points_where(lambda point: point.role == Role.UPLINK) == [1]


def test_each_row_has_the_properties_of_its_capture_point():
    known = network(points=POINTS, offsets={"node2": 7})
    seen = pl.DataFrame({"point": [1, None, 0]}, schema={"point": pl.Int64})
    told = seen.select(known.of_point("node").alias("node"), known.of_point("ahead").alias("ahead"))
    assert told.rows() == [("node2", 7), (None, None), ("node1", 0)]


def test_a_network_without_points_says_nothing_of_them():
    seen = pl.DataFrame({"point": [None]}, schema={"point": pl.Int64})
    assert seen.select(network().of_point("node").alias("node")).rows() == [(None,)]


def test_a_network_of_packets_has_the_columns_of_its_schemas():
    validate(correlated(SEEN))


def test_a_network_without_packets_has_the_columns_of_its_schemas():
    validate(correlated({"pod1": []}))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"bad": pl.lit(0)}, "watched has a column bad that its schema lacks"),
        ({"rank": pl.lit("a")}, "watched.rank is String, not Int64"),
    ],
)
def test_a_frame_with_other_columns_than_its_schema_is_refused(change, complaint):
    whole = correlated(SEEN)
    with pytest.raises(TypeError, match=complaint):
        validate(replace(whole, watched=whole.watched.with_columns(**change)))


def test_a_lacking_column_is_named():
    with pytest.raises(TypeError, match="variants lacks the column point"):
        validate(replace(correlated(SEEN), variants=correlated(SEEN).variants.drop("point")))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"mine": pl.lit(0)}, "variants has a column mine, which is not the name of a field"),
        ({"ip.ttl": pl.lit(0)}, "variants.ip.ttl is Int32, not UInt64"),
    ],
)
def test_further_columns_of_variants_are_header_fields(change, complaint):
    whole = correlated(SEEN)
    with pytest.raises(TypeError, match=complaint):
        validate(replace(whole, variants=whole.variants.with_columns(**change)))


def test_every_column_is_explained():
    columns = [column for schema in NETWORK_SCHEMAS for column in schema.columns]
    assert all(column.meaning for column in columns)
