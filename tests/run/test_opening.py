"""What every run begins with."""

import polars as pl
import pytest
from described import described
from directed import network
from readings import write

from pcapcheck.errors import InputError
from pcapcheck.run.opening import DEBUG, candidates_of, checked, read_captures, read_plan, resources_of
from pcapcheck.run.settings import Settings
from pcapcheck.topology.topology import Topology


def test_rules_and_clues_say_what_is_looked_at():
    profiles = candidates_of(Topology(), Settings(profiles=("flannel-vxlan",))).profiles
    plan = read_plan(profiles, Settings(since=5), keep=3)
    assert {"vxlan.vni", "inner.eth.src", "ip.ttl"} <= set(plan.names)
    assert (plan.decode_as, plan.keep, plan.since) == ({"udp.port": {8472: "vxlan"}}, 3, 5)


def test_captures_that_cannot_be_read_are_among_the_others(tmp_path):
    inputs, topology = described(tmp_path)
    (tmp_path / "node1_eth0.pcap").write_bytes(b"nothing")
    plan = read_plan(candidates_of(topology, Settings()).profiles, Settings(), keep=None)
    with resources_of(inputs, Settings()) as using:
        captured = read_captures(inputs, plan, using, None)
    assert [each.packets for each in captured] == [0, 2]
    assert "node1_eth0.pcap" in captured[0].error


def test_where_nothing_could_be_read_nothing_goes_on(tmp_path):
    inputs = write(tmp_path, {"node1_eth0.pcap": []})
    (tmp_path / "node1_eth0.pcap").write_bytes(b"nothing")
    plan = read_plan((), Settings(), keep=None)
    with resources_of(inputs, Settings()) as using, pytest.raises(InputError):
        read_captures(inputs, plan, using, None)


def test_as_many_workers_as_were_asked_for(tmp_path):
    inputs, _ = described(tmp_path)
    for jobs, apart in ((1, False), (2, True)):
        with resources_of(inputs, Settings(jobs=jobs)) as using:
            assert (using.executor.size, using.executor.is_remote) == (jobs, apart)


def test_frames_are_compared_with_their_schemas_if_the_environment_says_so(monkeypatch):
    wrong = network(watched=pl.DataFrame({"step": [1]}))
    monkeypatch.setenv(DEBUG, "1")
    with pytest.raises(TypeError, match="watched lacks the column direction"):
        checked(wrong)
    monkeypatch.delenv(DEBUG)
    assert checked(wrong) is wrong
