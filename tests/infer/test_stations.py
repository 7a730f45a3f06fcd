import pytest
from guesses import BRIDGE_MAC, DB, EVERYBODY, WEB, WEB_MAC, claim, said, vantage

from pcapcheck.bind.vantagepoint import TrafficSeen
from pcapcheck.infer.stations import ends_of, is_host, stations

ASK = said(WEB, DB, WEB_MAC, BRIDGE_MAC)
ANSWER = said(DB, WEB, BRIDGE_MAC, WEB_MAC, ttl=62)


def found(*seen):
    return stations(vantage(0, *seen)).by_mac


def test_who_sends_with_a_first_ttl_speaks_for_itself_and_a_router_does_not():
    macs = found(ASK, ANSWER)
    assert (macs[WEB_MAC].own, macs[WEB_MAC].forwards) == ({WEB}, False)
    assert (macs[BRIDGE_MAC].own, macs[BRIDGE_MAC].forwards) == (frozenset(), True)


def test_most_packets_of_an_address_say_whether_it_is_the_senders_own():
    fresh, routed = ASK._replace(packets=2), ASK._replace(packets=2, ttl=63)
    assert found(fresh._replace(packets=3), routed)[WEB_MAC].own == {WEB}
    assert found(fresh, routed)[WEB_MAC].own == set()


def test_who_gets_packets_for_others_forwards():
    macs = found(ASK, said("10.244.1.1", WEB, BRIDGE_MAC, WEB_MAC))
    assert macs[BRIDGE_MAC].own == {"10.244.1.1"}
    assert macs[BRIDGE_MAC].forwards


def test_only_what_a_station_says_of_itself_is_its_own():
    assert found(claim(WEB, WEB_MAC, first=5))[WEB_MAC].asked == {WEB: 5}
    assert found(claim(WEB, BRIDGE_MAC, mac_from=WEB_MAC))[WEB_MAC].own == set()
    assert found(claim("169.254.1.1", WEB_MAC))[WEB_MAC].own == set()


def test_the_stations_everywhere_take_part_in_nearly_all_unicast_frames():
    other = said("10.244.1.6", DB, "02:00:00:00:00:99", BRIDGE_MAC)
    seen = stations(vantage(0, ASK._replace(packets=9), other))
    assert {each.mac for each in seen.everywhere()} == {WEB_MAC, BRIDGE_MAC}
    seen = stations(vantage(0, ASK._replace(packets=8), other._replace(packets=2)))
    assert {each.mac for each in seen.everywhere()} == {BRIDGE_MAC}


def test_where_all_frames_are_for_groups_their_senders_are_everywhere():
    assert [each.mac for each in stations(vantage(0, claim(WEB, WEB_MAC))).everywhere()] == [WEB_MAC]
    assert stations(vantage(0)).everywhere() == []


def test_frames_leave_or_come_in_only_where_the_link_layer_says_so():
    left, came, unsaid = (ASK._replace(packets=n, out=out) for n, out in ((5, True), (3, False), (1, None)))
    station = found(left, came, unsaid)[WEB_MAC]
    assert (station.out, station.come, station.frames) == (5, 3, 9)


def test_tagged_frames_and_groups_make_no_station():
    assert found(ASK._replace(tag=5)) == {}
    assert found(TrafficSeen(mac_from=EVERYBODY, mac_to=EVERYBODY)) == {}


def test_a_frame_from_a_station_to_itself_counts_once():
    assert found(said(WEB, DB, WEB_MAC, WEB_MAC))[WEB_MAC].frames == 1


@pytest.mark.parametrize(
    "address", ["224.0.0.1", "169.254.1.1", "127.0.0.1", "0.0.0.0", "fe80::1", "ff02::1", "::"]
)
def test_no_single_host_has(address):
    assert not is_host(address)


@pytest.mark.parametrize("address", ["10.0.0.1", "fd00::1", "126.255.255.255"])
def test_a_host_may_have(address):
    assert is_host(address)


def test_ends_are_counted_in_each_family_by_itself():
    six = said("fd00::5", "fd00::9", WEB_MAC, BRIDGE_MAC)
    assert ends_of(vantage(0, ASK._replace(packets=99), ANSWER, six)) == {WEB, DB, "fd00::5", "fd00::9"}


def test_who_takes_part_in_less_than_nearly_all_is_no_end():
    others = [said(WEB, f"10.0.0.{number}", WEB_MAC, BRIDGE_MAC) for number in range(1, 9)]
    assert ends_of(vantage(0, *others)) == {WEB}
    assert ends_of(vantage(0, claim(WEB, WEB_MAC))) == set()
