"""Commands that confirm a cause have the addresses of a flow that suffers."""

from scene import DB_IP, scene

from pcapcheck.diagnose.causes import diagnose
from pcapcheck.diagnose.placeholders import filled
from profiles import DB, WEB, flannel
from sample import one_way


def test_the_address_of_the_pod_stands_in_the_command(tmp_path):
    def wrong_vtep(cluster, network):
        cluster.fdb["node1", "node2"] = "node3"

    case = scene(tmp_path, one_way(WEB, DB), cluster=lambda: flannel("vxlan", 3), breaks=wrong_vtep)
    (found,) = [each for each in diagnose(case) if each.id == "fdb-wrong-vtep"]
    assert any(DB_IP in line for line in found.confirm)
    assert not any("POD_ADDRESS" in line for line in found.confirm)


def test_what_is_not_known_stays_to_be_filled_by_the_reader():
    assert filled("ip route get POD_ADDRESS via NODE_ADDRESS", {"NODE_ADDRESS": "10.0.0.1"}) == (
        "ip route get POD_ADDRESS via 10.0.0.1"
    )
