"""A veth whose name other things have, too, is told by the host that it is of."""

import pytest

from pcapcheck.bind.filename import Naming
from pcapcheck.topology.topology import CapturePoint, Role, Topology

VETH = "node1_web-1-206514.pcap"


@pytest.mark.parametrize(
    ("files", "point"),
    [
        (["node1_genev_sys_6081.pcap"], CapturePoint("node1", "web-1-206514", Role.VETH)),
        (["node1_eth0.pcap"], None),  # node1 may be a pod
    ],
)
def test_antreas_veth_is_told_where_its_host_is_known(files, point):
    found = Naming(Topology(), [*files, VETH]).find(VETH, 1)
    assert (found.point if found else None) == point
