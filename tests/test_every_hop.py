"""Each hop of each profile, broken: what is lost before a capture point is found there.

The samples' own library drops IP packets just before one point after another; the captures that come of it
must give a cause at that node, or at the node that sends to it where the loss lies between two.
"""

import random

import polars as pl
import pytest

import make
import pcapcheck
from profiles import DB, WEB
from sample import Fault, Sample, one_way, ping
from wire import Packet

TALK = (*one_way(WEB, DB, pings=6), ping(DB, WEB, 1.3))
QUICK = ("calico-ipip", "ipvlan-l3")
MUTE = ("same-pod", "macvlan-private")  # the two pods speak inside one, or not at all
HEALTHY = [name for name in make.names() if not make.load(name).fault and name not in MUTE]


def folder_of(sample, talks, path, breaks=None):
    fault = Fault("", None, None, "", "", breaks) if breaks else None
    Sample("", sample.cluster, talks, fault).write(path)
    (path / "truth.json").unlink()
    return path


def crossed(sample, path):
    """Return the points that see the talk, the sender's own left out: file, node, and the node before."""
    cluster = sample.cluster()
    result = pcapcheck.check(folder_of(sample, TALK, path))
    assert not result.diagnoses  # where pods of one node are not to speak, nothing is checked
    hops = result.frame("hops").filter((pl.col("seen") > 0) & (pl.col("step") > 1))
    places = {
        (row["pod"] if row["role"] == "pod" else row["node"], row["interface"]) for row in hops.to_dicts()
    }
    return [
        (each.file, each.owner if each.owner in cluster.topology["nodes"] else cluster.place(each.owner))
        for each in cluster.points()
        if (each.owner, each.interface) in places and each.owner != WEB
    ]


def named(sample, path, file, share):
    """Return the verdict, and the nodes of the causes, where a share of IP packets is lost before a point."""
    dice = random.Random(7)

    def breaks(cluster, network):
        network.drop(file, lambda frame: isinstance(frame.content, Packet) and dice.random() < share)

    result = pcapcheck.check(folder_of(sample, TALK, path, breaks))
    return str(result.verdict), {each.node for each in result.diagnoses}


def wrong(name, path, share):
    """Return the points of a sample where a loss is not found, or found at a node that has no part in it."""
    sample, found = make.load(name), []
    points = crossed(sample, path / "healthy")
    nodes = {node for _, node in points}
    for number, (file, node) in enumerate(points):
        verdict, told = named(sample, path / str(number), file, share)
        uplink = file.startswith(node) and len(nodes) > 1
        if verdict != "violations" or not told & (nodes if uplink else {node}):
            found.append((file, verdict, told))
    return found


@pytest.mark.parametrize("name", QUICK)
def test_what_is_lost_before_a_point_is_found_there(name, tmp_path):
    assert wrong(name, tmp_path, 1.0) == []


def test_pods_that_are_not_to_speak_lose_nothing(tmp_path):
    result = pcapcheck.check(folder_of(make.load("macvlan-private"), TALK, tmp_path / "x"))
    assert result.diagnoses == ()


@pytest.mark.slow
@pytest.mark.parametrize("share", [1.0, 0.4])
@pytest.mark.parametrize("name", HEALTHY)
def test_what_is_lost_before_a_point_is_found_there_in_all_samples(name, share, tmp_path):
    assert wrong(name, tmp_path, share) == []
