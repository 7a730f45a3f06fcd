import click
import pytest
from captures_build import pcap, record
from click.testing import CliRunner
from packets import eth, ip, tcp

from pcapcheck.options import request_options, run_option, worker_options
from pcapcheck.run.settings import RUN_OPTIONS
from pcapcheck.topology.topology import Topology


def invoke(*arguments, decorators=()):
    """Return what a command with the common options gets."""
    got = []

    def command(request, own):
        """Do nothing."""
        got.append((request, own))
        return 0

    for each in (*decorators, click.option("--own"), request_options, click.argument("paths", nargs=-1)):
        command = each(command)
    found = CliRunner().invoke(click.command()(command), arguments, standalone_mode=False)
    return got[0] if got else found.exception


def test_options_become_one_argument_and_the_commands_own_stay():
    request, own = invoke("a", "b", "--pod", "web", "--pod", "db", "--own", "mine", "-Y", "ip.ttl=1")
    assert (request.paths, own) == (("a", "b"), "mine")
    assert (request.words["pod"], request.words["filter"]) == (("web", "db"), "ip.ttl=1")


def test_what_nobody_gave_is_left_to_others():
    request, _ = invoke()
    assert (request.paths, request.topology) == ((), None)
    assert set(request.words.values()) == {None, ()}


def test_further_options_of_the_table_are_in_the_request_too():
    request, _ = invoke("--flow", "3", decorators=[run_option("flow", help="My own words.")])
    assert (request.words["flow"], request.settings(Topology()).selection.flow) == ("3", "3")


@pytest.mark.parametrize("keyword", RUN_OPTIONS)
def test_a_command_may_say_something_else_of_an_option(keyword):
    [option] = click.command()(run_option(keyword, help="Mine.")(lambda **given: None)).params
    assert (option.name, option.help, option.opts) == (keyword, "Mine.", [*RUN_OPTIONS[keyword].flags])


def test_more_workers_than_can_be_are_a_mistake():
    assert isinstance(invoke("--jobs", "0"), click.BadParameter)
    assert invoke("--jobs", "3")[0].words["jobs"] == 3


def test_words_become_settings():
    fail_on = ("--fail-on", "warning")
    given = (
        "--set",
        "vni=5",
        "-d",
        "udp.port==9,vxlan",
        "--since",
        "1970-01-01T00:00:01Z",
        "--memory",
        "2GB",
    )
    request, _ = invoke(*given, *fail_on, decorators=[run_option("fail_on")])
    settings = request.settings(Topology())
    assert settings.parameters == {"vni": "5"}
    assert settings.decode_as == {"udp.port": {9: "vxlan"}}
    assert (settings.since, settings.until, settings.jobs) == (1_000_000_000, None, None)
    assert (settings.budget.memory, settings.fail_on) == (2 << 30, "warning")


def test_paths_become_captures_and_the_topology_beside_them(tmp_path):
    (tmp_path / "n1_eth0.pcap").write_bytes(pcap(record(eth(ip(tcp())))))
    (tmp_path / "topology.yaml").write_text("nodes: {n1: {addresses: [10.0.0.1]}}\n")
    inputs, topology = invoke(str(tmp_path))[0].find()
    assert [each.shown.rpartition("/")[2] for each in inputs.captures] == ["n1_eth0.pcap"]
    assert list(topology.nodes) == ["n1"]


def test_a_command_may_have_the_options_of_workers_alone():
    command = click.command()(worker_options(lambda **given: None))
    assert [each.name for each in command.params] == ["jobs", "scheduler", "memory", "scratch"]
