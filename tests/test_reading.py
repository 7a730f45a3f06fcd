"""What every run begins with."""

import pytest
from described import described
from readings import write

from pcapcheck.errors import InputError
from pcapcheck.reading import candidates_of, look_for, read_captures, resources_of
from pcapcheck.settings import Settings
from pcapcheck.topology.topology import Topology


def test_rules_and_clues_say_what_is_looked_at():
    profiles = candidates_of(Topology(), Settings(profiles=("flannel-vxlan",))).profiles
    look = look_for(profiles, Settings(since=5), keep=3)
    assert {"vxlan.vni", "inner.eth.src", "ip.ttl"} <= set(look.names)
    assert (look.decode_as, look.keep, look.since) == ({"udp.port": {8472: "vxlan"}}, 3, 5)


def test_captures_that_cannot_be_read_are_among_the_others(tmp_path):
    inputs, topology = described(tmp_path)
    (tmp_path / "node1_eth0.pcap").write_bytes(b"nothing")
    look = look_for(candidates_of(topology, Settings()).profiles, Settings(), keep=None)
    with resources_of(inputs, Settings()) as using:
        captured = read_captures(inputs, look, using, None)
    assert [each.packets for each in captured] == [0, 2]
    assert "node1_eth0.pcap" in captured[0].error


def test_where_nothing_could_be_read_nothing_goes_on(tmp_path):
    inputs = write(tmp_path, {"node1_eth0.pcap": []})
    (tmp_path / "node1_eth0.pcap").write_bytes(b"nothing")
    look = look_for((), Settings(), keep=None)
    with resources_of(inputs, Settings()) as using, pytest.raises(InputError):
        read_captures(inputs, look, using, None)


def test_as_many_workers_as_were_asked_for(tmp_path):
    inputs, _ = described(tmp_path)
    for jobs, apart in ((1, False), (2, True)):
        with resources_of(inputs, Settings(jobs=jobs)) as using:
            assert (using.crew.size, using.crew.apart) == (jobs, apart)
