"""Traffic kinds: who speaks with whom, and where the packets travel."""

import pytest

from pcapcheck.correlate.traffic import Client, way, where, who

POD, OTHER = ("pod", "default/a", "node1"), ("pod", "default/b", "node2")
NEAR = ("pod", "default/c", "node1")
STRANGER = ("pod-network", None, "node2")
SERVICE, NODE = ("service", "default/web", None), ("node", "node2", "node2")
OUTSIDE, GROUP = ("external", None, None), ("group", None, None)


def client(source, destination, via=None, service=None):
    return Client(*source, *destination, via, service)


def one_subnet(a, b, family):
    return True


@pytest.mark.parametrize(
    ("source", "destination", "service", "expected"),
    [
        (POD, OTHER, None, "pod-to-pod"),
        (POD, STRANGER, None, "pod-to-pod"),
        (POD, OTHER, "default/web", "pod-to-service"),
        (POD, SERVICE, None, "pod-to-service"),
        (POD, OUTSIDE, None, "pod-to-external"),
        (POD, NODE, None, "pod-to-node"),
        (OUTSIDE, POD, None, "external-to-pod"),
        (NODE, POD, None, "node-to-pod"),
        (SERVICE, POD, None, "node-to-pod"),
        (NODE, NODE, None, "host"),
        (OUTSIDE, NODE, None, "host"),
        (NODE, GROUP, None, "host"),
        (POD, GROUP, None, ""),
        (GROUP, POD, None, ""),
    ],
)
def test_who(source, destination, service, expected):
    assert who(client(source, destination, service=service)) == expected


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        (client(POD, OTHER), "cross-node"),
        (client(POD, NEAR), "same-node"),
        (client(POD, POD), "same-pod"),
        (client(POD, POD, service="default/web"), "same-node"),
        (client(POD, SERVICE), ""),
        (client(OUTSIDE, OTHER, via="node1"), "cross-node"),
        (client(OUTSIDE, OTHER, via="node2"), "same-node"),
        (client(OUTSIDE, OTHER), "same-node"),
        (client(POD, OUTSIDE, via="node1"), "same-node"),
        (client(OUTSIDE, OUTSIDE), ""),
    ],
)
def test_where(ends, expected):
    assert where(ends, one_subnet) == expected


@pytest.mark.parametrize(
    ("same", "expected"), [(False, "cross-subnet"), (True, "cross-node"), (None, "cross-node")]
)
def test_only_known_subnets_are_crossed(same, expected):
    assert where(client(POD, OTHER), lambda a, b, family: same) == expected


def test_subnets_are_those_of_the_packets_version():
    ends = client(POD, OTHER)._replace(version=6)
    assert where(ends, lambda a, b, family: family != 6) == "cross-subnet"


def test_a_pod_that_asks_a_nodeport_asks_a_service():
    assert who(client(POD, NEAR, via="node1")) == "pod-to-service"


@pytest.mark.parametrize(
    ("kind", "server", "expected"),
    [
        ("pod-to-service", "pod", "pod-to-service"),
        ("pod-to-service", "service", "pod-to-service"),
        ("pod-to-service", "node", "pod-to-node"),  # kubernetes.default
        ("pod-to-service", "external", "pod-to-external"),
        ("pod-to-pod", "pod", "pod-to-pod"),
    ],
)
def test_the_way_to_a_service_is_that_to_what_stands_behind_it(kind, server, expected):
    assert way(kind, server) == expected
