from dataclasses import fields

import click
from captures_build import pcap, record
from click.testing import CliRunner
from packets import eth, ip, tcp

from pcapcheck.options import Asked, asked, workers
from pcapcheck.topology.topology import Topology


def invoke(*arguments):
    """Return what a command with all options gets."""
    got = []

    @click.command()
    @click.argument("paths", nargs=-1)
    @click.option("--own")
    @asked
    def command(this, own):
        """Do nothing."""
        got.append((this, own))
        return 0

    found = CliRunner().invoke(command, arguments, standalone_mode=False)
    return got[0] if got else found.exception


def test_options_become_one_argument_and_the_commands_own_stay():
    this, own = invoke("a", "b", "--pod", "web", "--pod", "db", "--own", "mine", "-Y", "ip.ttl=1")
    assert (this.paths, this.pods, this.filter, own) == (("a", "b"), ("web", "db"), "ip.ttl=1", "mine")


def test_what_nobody_gave_is_left_to_others():
    this, _ = invoke()
    assert this == Asked((), (), None, (), (), None, (), None, None, None, None, None, None)


def test_every_option_has_its_place():
    @click.command()
    @click.argument("paths", nargs=-1)
    @asked
    def command(this):
        """Do nothing."""

    assert {each.name for each in command.params} == {each.name for each in fields(Asked)}


def test_more_workers_than_can_be_are_a_mistake():
    assert isinstance(invoke("--jobs", "0"), click.BadParameter)
    assert invoke("--jobs", "3")[0].jobs == 3


def test_words_become_settings():
    this, _ = invoke(
        "--set", "vni=5", "-d", "udp.port==9,vxlan", "--since", "1970-01-01T00:00:01Z", "--memory", "2GB"
    )
    settings = this.settings(Topology(), flow="1", fail_on="warning")
    assert settings.parameters == {"vni": "5"}
    assert settings.decode_as == {"udp.port": {9: "vxlan"}}
    assert (settings.since, settings.until, settings.jobs) == (1_000_000_000, None, None)
    assert (settings.selection.flow, settings.fail_on) == ("1", "warning")


def test_paths_become_captures_and_the_topology_beside_them(tmp_path):
    (tmp_path / "n1_eth0.pcap").write_bytes(pcap(record(eth(ip(tcp())))))
    (tmp_path / "topology.yaml").write_text("nodes: {n1: {addresses: [10.0.0.1]}}\n")
    inputs, topology = invoke(str(tmp_path))[0].find()
    assert [each.shown.rpartition("/")[2] for each in inputs.captures] == ["n1_eth0.pcap"]
    assert list(topology.nodes) == ["n1"]


def test_a_command_may_have_the_options_of_workers_alone():
    command = click.command()(workers(lambda **given: None))
    assert [each.name for each in command.params] == ["jobs", "scheduler", "memory", "scratch"]
