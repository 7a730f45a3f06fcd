import pytest

from pcapcheck.bind.vantagepoint import TrafficSeen, VantagePoint


@pytest.mark.parametrize(
    ("mac", "unicast"),
    [("02:00:00:00:00:01", True), ("ff:ff:ff:ff:ff:ff", False), ("33:33:00:00:00:01", False), (None, False)],
)
def test_a_frame_is_unicast_if_its_receiver_is_one_station(mac, unicast):
    assert TrafficSeen(mac_to=mac).unicast is unicast


def test_outside_a_tunnel_packets_go_by_its_outer_addresses():
    inner = TrafficSeen(
        source="10.0.0.1", destination="10.0.0.2", outer_from="192.0.2.1", outer_to="192.0.2.2"
    )
    assert inner.ends == ("10.0.0.1", "10.0.0.2")
    assert inner._replace(form="vxlan").ends == ("192.0.2.1", "192.0.2.2")


@pytest.mark.parametrize("kind", ["arp", "nd", "icmp-error", "fragment"])
def test_nobody_speaks_for_himself_in(kind):
    told = TrafficSeen(kind=kind, source="10.0.0.1", destination="10.0.0.2")
    assert not told.is_data
    assert told.ends == (None, None)


def test_a_packet_without_source_is_no_data():
    assert not TrafficSeen(kind="udp").is_data
    assert TrafficSeen(kind="udp", source="10.0.0.1").is_data


def test_each_interface_index_of_one_file_is_a_watch_of_its_own():
    assert {VantagePoint(0, file=3, index=1).key, VantagePoint(1, file=3, index=2).key} == {
        (3, 0, 1),
        (3, 0, 2),
    }
