import pytest
from described import WEB, described
from networks import POD1, POD2
from readings import write

from pcapcheck.errors import InputError
from pcapcheck.run.check import (
    guess_topology,
    look_at,
    run,
    run_with_packets,
    run_with_sightings,
)
from pcapcheck.run.settings import Settings, read_settings
from pcapcheck.topology.topology import Topology

FLANNEL = Settings(profiles=("flannel-vxlan",))


@pytest.fixture
def given(tmp_path):
    """Return captures with their topology."""
    return described(tmp_path)


def test_a_run_reads_correlates_and_judges(given):
    found = run(*given, FLANNEL)
    assert found.coverage.exercised["flannel-vxlan/vni"] == 5
    assert found.flows[0].flow == WEB
    assert found.flows[0].forward[-1].hop.node == "node2"
    assert [each.name for each in found.profiles] == ["flannel-vxlan"]


def test_sightings_are_kept_where_somebody_wants_them(given):
    _, sightings = run_with_sightings(*given, FLANNEL)
    assert len(sightings) == 5


def test_a_selection_is_said_and_leaves_whole_flows(given):
    found = run(*given, read_settings(given[1], profile="flannel-vxlan", flow=WEB))
    assert [each.flow for each in found.flows] == [WEB]
    assert found.notes[-1] == "1 of 2 flows were checked; the others were not selected"


def test_every_packet_of_the_selected_flows_is_named(given):
    _, packets = run_with_packets(*given, read_settings(given[1], flow=WEB))
    assert sorted(packets.rows()) == [(0, 1), (0, 2), (1, 1), (1, 2)]


def test_a_network_that_nobody_described_is_guessed(given):
    inputs, _ = given
    topology = guess_topology(inputs, Settings())
    assert sorted(topology.nodes) == ["node1", "node2"]
    assert {address for each in topology.pods.values() for address in each.addresses} >= {POD1, POD2}
    assert topology.source == "inferred"


def test_two_sets_are_compared_by_the_profile_of_the_first(given):
    first = look_at(*given, FLANNEL)
    second = look_at(*given, Settings(), first)
    assert (first.profile.name, second.profile.name) == ("flannel-vxlan", "flannel-vxlan")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"profile": "nothing"}, "nothing"),
        ({"flow": "9"}, "there are 2 flows"),
        ({"profile": "flannel-vxlan", "parameters": {"vin": 5}}, "did you mean `vni`"),
    ],
)
def test_mistakes_are_told(given, words, says):
    with pytest.raises(InputError, match=says):
        run(*given, read_settings(given[1], **words))


def test_where_nothing_could_be_read_there_is_no_result(tmp_path):
    inputs = write(tmp_path, {"node1_eth0.pcap": []})
    (tmp_path / "node1_eth0.pcap").unlink()
    with pytest.raises(InputError):
        run(inputs, Topology(), Settings())


def test_how_much_was_read_is_told(given):
    seen = []
    run(*given, FLANNEL, lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1] > 0
