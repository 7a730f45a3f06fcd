"""By how much the TTL falls on the ways of each CNI, as their sources have it."""

import pytest

from pcapcheck.check.rules import load_profile

OVN, ANTREA, AWS = "ovn-geneve", "antrea-geneve", "aws-vpc-cni"
VXLAN = "cilium-vxlan"


def falls(profile, who, where):
    """Return by how much the TTL falls from the first hop to the last: fewest and most."""
    marks = [hop.routed for hop in load_profile(profile).path(who, where)[1:]]
    most = [each for _, each in marks]
    return sum(fewest for fewest, _ in marks), None if None in most else sum(most)


@pytest.mark.parametrize(
    ("profile", "who", "where", "expected"),
    [
        (OVN, "pod-to-external", "same-node", (0, 2)),  # ovn_cluster_router, then GR_node1 or the host
        (OVN, "pod-to-service", "same-node", (0, 1)),
        (OVN, "external-to-pod", "same-node", (1, 2)),
        (OVN, "external-to-pod", "cross-node", (0, 3)),
        (OVN, "pod-to-node", "cross-node", (0, 2)),
        (OVN, "pod-to-pod", "same-node", (0, 0)),
        (ANTREA, "pod-to-service", "same-node", (0, 1)),
        (ANTREA, "external-to-pod", "same-node", (1, 2)),  # OVS, and then the host
        (ANTREA, "pod-to-pod", "same-node", (0, 0)),
        (AWS, "pod-to-pod", "same-node", (1, 2)),  # security groups for pods: through the VPC
        (VXLAN, "pod-to-node", "cross-node", (0, 1)),  # the host firewall's tunnel takes nothing off
        ("canal", "pod-to-pod", "same-node", (1, 1)),
        ("flannel-vxlan", "pod-to-pod", "same-node", (0, 0)),
        ("flannel-vxlan", "pod-to-pod", "cross-node", (2, 2)),
        ("calico-direct", "pod-to-pod", "cross-node", (2, None)),  # a top-of-rack router with next-hop-self
        ("flannel-host-gw", "pod-to-pod", "cross-node", (2, 2)),
    ],
)
def test_the_ttl_falls_as_the_cni_makes_it(profile, who, where, expected):
    assert falls(profile, who, where) == expected
