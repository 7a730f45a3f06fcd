import pytest
from shared import CAPTURES, REASON, scenarios

from pcapcheck.documents.document import Document
from pcapcheck.topology.contradictions import contradictions
from pcapcheck.topology.load import load_topology, read_topology


def test_addresses_and_interfaces_are_checked():
    text = """
nodes: {n1: {addresses: 10.0.0.1}, n2: {addresses: 10.0.0.1, interfaces: {v: {kind: veth, pod: a/b}}}}
pods: {a/b: {node: n1}}
"""
    assert [each.keys[:2] for each in contradictions(read_topology(Document.parse(text)))] == [
        ("nodes", "n2")
    ] * 2


@pytest.mark.skipif(not CAPTURES.is_dir(), reason=REASON)
@pytest.mark.parametrize("scenario", scenarios())
def test_shared_topology_has_no_contradiction(scenario):
    assert contradictions(load_topology(CAPTURES / scenario / "topology.yaml")) == []
