import pytest

from pcapcheck.topology.aliases import Aliases
from pcapcheck.topology.topology import Node, Pod, Topology

NODES = {name: Node(name) for name in ("node1", "ip-10-0-0-1.ec2.internal", "a.x", "a.y")}
PODS = {name: Pod(name, "node1", ()) for name in ("default/web-1", "default/api", "test/api")}
ALIASES = Aliases(Topology(nodes=NODES, pods=PODS))


@pytest.mark.parametrize(
    "word", ["ip-10-0-0-1.ec2.internal", "ip-10-0-0-1-ec2-internal", "ip-10-0-0-1ec2internal", "IP-10-0-0-1"]
)
def test_node_is_known_with_and_without_its_dots(word):
    assert ALIASES.node(word) == "ip-10-0-0-1.ec2.internal"


@pytest.mark.parametrize("word", ["default/web-1", "default_web-1", "default-web-1", "web-1"])
def test_pod_is_known_with_and_without_its_namespace(word):
    assert ALIASES.pod(word) == "default/web-1"


def test_word_that_means_two_means_none():
    assert ALIASES.pod("api") is None
    assert ALIASES.node("a") is None
    assert ALIASES.pod("test_api") == "test/api"


def test_names_are_found_between_other_words():
    assert ALIASES.within("capture-node1-20261125031100UTC") == ("node1", None)
    assert ALIASES.within("17_test_api_pod") == (None, "test/api")
    assert ALIASES.within("node12/captured") == (None, None)
