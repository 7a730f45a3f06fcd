import polars as pl
import pytest
from directed import network

from pcapcheck.collect.gather import gather
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.correlate.paths import Step
from pcapcheck.decode.registry import dissector_table
from pcapcheck.decode.stack import KINDS
from pcapcheck.follow.follow import follow, located
from pcapcheck.topology.topology import CapturePoint, Role

SECOND = 1_000_000_000
PLACES = (("n1", Role.VETH), ("n1", Role.UPLINK), ("n2", Role.UPLINK))
POINTS = tuple(CapturePoint(node, "eth0", role) for node, role in PLACES)
PATH = tuple(Step(node, role, "plain", "source", 1, (0, 0), ("eth0",), None, False) for node, role in PLACES)
EVERY = [(direction, step) for direction in (0, 1) for step in range(3)]
DIRECTIONS = pl.DataFrame(
    {"direction": [0, 1], "flow": [0, 0], "reverse": [1, 0], "client": [True, False], "path": [0, 0]}
)
WINDOWS = pl.DataFrame({"point": [0, 1, 2], "from": [0] * 3, "to": [60 * SECOND] * 3}).with_columns(
    late=pl.lit(value=False), early=pl.lit(value=False)
)
SCHEMA = gather([], ReadPlan(()), dissector_table()).sightings.schema


def net(watched=(0, 1, 2), **more):
    """Return two directions that pass the same three points; variant 3d + s is direction d at step s."""
    ends = {"file": 0, "source": "10.0.0.1", "destination": "10.0.0.2"}
    variants = [
        {"variant": number, "direction": d, "step": s, "point": s, **ends}
        for number, (d, s) in enumerate(EVERY)
    ]
    ranks = [(d, s, r, len(watched)) for d in (0, 1) for r, s in enumerate(watched)]
    return network(
        pl.DataFrame(variants),
        DIRECTIONS,
        watched=pl.DataFrame(ranks, schema=["direction", "step", "rank", "ranks"], orient="row"),
        paths=(PATH,),
        points=POINTS,
        **more,
    )


def seen(step, key, at, *, direction=0, kind="udp", **rest):
    """Return one packet at a step of its path, so many seconds after the start."""
    usual = dict.fromkeys(SCHEMA, 0) | {"acked": None, "is_request": False, "ipid": key, "size": 100}
    row = {"variant": 3 * direction + step, "time": round(at * SECOND), "key": key, "kind": KINDS.index(kind)}
    return usual | {"frame": int(at * 1000) + 1} | row | rest


def sightings(*rows):
    return pl.DataFrame(rows, schema=SCHEMA)


def through(key, at, *steps, **rest):
    """Return one packet at several steps, a millisecond from each to the next."""
    return [seen(step, key, at + step / 1000, **rest) for step in steps]


def followed(*rows, **how):
    there = net(**how)
    return follow(located(sightings(*rows), there), there, WINDOWS)


def counts(found, *names):
    return found.hops.filter(pl.col("direction") == 0).sort("step").select(names).rows()


def test_times_are_those_of_one_clock():
    rows = located(sightings(*through(7, 1, 0, 2)), net(offsets={"n2": SECOND}))
    assert rows["time"].to_list() == [SECOND, 2_000_000]


def test_packets_without_identity_are_not_followed():
    assert located(sightings(seen(0, 0, 1), seen(0, 7, 1)), net())["key"].to_list() == [7]


def test_a_step_that_nobody_watches_has_no_rank():
    assert located(sightings(*through(7, 1, 0, 1, 2)), net(watched=(0, 2)))["rank"].to_list() == [0, None, 1]


def fragments(ipid):
    """Return the directions that later fragments, of a variant of their own, get beside a datagram."""
    there = net()
    later = there.variants.filter(pl.col("variant") == 1).with_columns(
        variant=pl.lit(9, pl.Int64), direction=pl.lit(5, pl.Int64), step=pl.lit(None, pl.Int64)
    )
    both = network(pl.concat([there.variants, later]), DIRECTIONS, watched=there.watched, points=POINTS)
    rows = sightings(
        *through(7, 1, 1, ipid=4 if ipid else 0), seen(0, 8, 1, kind="fragment", variant=9, ipid=ipid)
    )
    return located(rows, both).filter(pl.col("kind") == "fragment").select("direction", "step").rows()


@pytest.mark.parametrize(("ipid", "at"), [(4, [(0, 1)]), (5, []), (0, [])])
def test_later_fragments_go_with_the_datagram_of_their_ip_id_and_nowhere_else(ipid, at):
    assert fragments(ipid) == at


def test_a_packet_that_all_steps_saw_is_missing_nowhere_and_took_its_time():
    found = followed(*through(7, 1, 0, 1, 2), *through(8, 2, 0, 1, 2))
    assert counts(found, "seen", "missing", "latency") == [(2, 0, None), (2, 0, 1_000_000), (2, 0, 1_000_000)]
    assert found.losses.is_empty()


def test_directions_that_nobody_saw_have_no_hops():
    assert set(followed(*through(7, 1, 0)).hops["direction"]) == {0}


TCP = {"kind": "tcp", "length": 100}


def resent():
    """Return data of which one segment was lost behind step 1 and sent again."""
    kept = [
        row for n in (0, 2, 3) for row in through(7, 1 + n / 10, 0, 1, 2, start=100 * n, ipid=n + 1, **TCP)
    ]
    lost = through(7, 1.1, 0, 1, start=100, ipid=50, **TCP)
    return [*kept, *lost, *through(7, 2, 0, 1, 2, start=100, ipid=60, **TCP)]


def test_loss_is_told_with_what_was_delivered_between_the_same_points():
    found = followed(*resent())
    assert counts(found, "missing", "lost") == [(0, 0), (0, 0), (1, 1)]
    assert found.losses.select("point", "next_point").unique().rows() == [(1, 2)]
    assert sorted(found.losses["fate"]) == ["", "", "", "", "lost"]


def test_pairs_that_lost_nothing_are_kept_apart():
    others = followed(*resent()).others
    assert others.select("point", "next_point").unique().rows() == [(0, 1)]
    assert len(others) == 5


def test_the_last_watched_step_has_no_next_one():
    found = followed(*resent(), watched=(0, 1))
    assert found.losses.is_empty()
    assert found.others["next_step"].unique().to_list() == [1]


def test_what_a_later_step_saw_proves_a_gap():
    found = followed(*through(7, 1, 0, 2), *through(8, 2, 0, 1, 2))
    assert counts(found, "missing", "lost", "gap") == [(0, 0, 0), (1, 0, 1), (0, 0, 0)]
    assert found.gappy["next_point"].to_list() == [1]


def test_a_point_that_saw_nothing_is_the_one_that_could_have_seen_it():
    found = followed(*through(7, 1, 0), *through(8, 1, 0))
    assert pl.concat([found.losses, found.others]).select("next_step", "next_point").unique().rows() == [
        (1, 1)
    ]


def test_packets_that_were_overtaken_on_the_wire_are_late():
    found = followed(seen(1, 7, 1), seen(1, 8, 1.1), seen(2, 8, 1.2), seen(2, 7, 1.3))
    assert found.late.select("point", "variant", "time").rows() == [(2, 2, int(1.3 * SECOND))]
    assert counts(found, "late") == [(0,), (0,), (1,)]


def test_what_comes_twice_and_was_sent_once_is_doubled():
    found = followed(*through(7, 1, 0, 1, 2), seen(2, 7, 1.01))
    assert counts(found, "seen", "doubled") == [(1, 0), (1, 0), (1, 1)]
    assert found.passes["passes"].to_list() == [2, 2]


def test_wrong_checksums_are_told_wherever_they_were_seen():
    found = followed(*through(7, 1, 0, 1, 2, wrong=1), *through(8, 1, 0, 2), watched=(0, 2))
    assert found.damaged.select("step", "kind", "wrong").rows() == [
        (0, "udp", 1),
        (1, "udp", 1),
        (2, "udp", 1),
    ]


def test_nothing_seen_is_nothing_followed():
    found = followed()
    frames = (found.hops, found.losses, found.others, found.passes, found.late, found.damaged, found.gappy)
    assert [len(each) for each in frames] == [0] * 7
