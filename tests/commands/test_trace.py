from pathlib import Path

import pytest
from click.testing import CliRunner

from pcapcheck.commands.trace import command
from pcapcheck.errors import InputError

SAMPLES = Path(__file__).parents[2] / "samples"
GOOD, BAD = str(SAMPLES / "flannel-vxlan"), str(SAMPLES / "flannel-vxlan-vni-mismatch")


def run(*arguments):
    return CliRunner().invoke(command, [str(each) for each in arguments], standalone_mode=False)


def test_each_hop_is_shown_in_order_with_its_stack():
    text = run(GOOD, "2").stdout
    hops = ["web-1", "veth", "cni0", "flannel.1", "node1 eth0", "node2 eth0"]
    places = [text.index(each) for each in hops]
    assert places == sorted(places)
    assert "vxlan" in text


def test_what_changed_is_named():
    text = run(GOOD, "2").stdout
    assert "ttl" in text.lower()


def test_broken_flow_says_where_it_was_last_seen():
    text = run(BAD, "2").stdout
    assert "last seen" in text
    assert "node" in text.split("last seen")[1]


def test_flow_may_be_the_two_pods():
    assert run(GOOD, "web-1-db-0:5432").stdout == run(GOOD, "default/web-1-default/db-0:5432").stdout


@pytest.mark.parametrize("flow", ["999", "tcp/192.0.2.1:1-192.0.2.2:2", "web-1-db-9"])
def test_unknown_flow_is_an_input_error(flow):
    assert isinstance(run(GOOD, flow).exception, InputError)


def test_ambiguous_flow_lists_what_it_may_be():
    error = run(GOOD, "web-1-db-0").exception
    assert isinstance(error, InputError)
    assert "tcp/10.100.0.2" in str(error)
