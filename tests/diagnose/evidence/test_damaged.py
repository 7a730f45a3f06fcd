"""Wrong checksums where packets are received."""

from dataclasses import replace

from scene import causes, facts, scene

from profiles import DB, WEB
from sample import both_ways, ping
from wire import Frame, Packet


def flipped(every):
    """Return what flips a bit at the end of some packets."""
    seen = []

    def change(frame: Frame) -> Frame:
        packet = frame.content
        if not isinstance(packet, Packet) or packet.protocol != 17 or len(packet.payload) < 40:
            return frame
        seen.append(frame)
        if len(seen) % every:
            return frame
        payload = packet.payload[:-1] + bytes([packet.payload[-1] ^ 1])
        return replace(frame, content=replace(packet, payload=payload))

    return change


def test_bits_that_flip_on_the_way_damage_packets(tmp_path):
    case = scene(
        tmp_path,
        [*both_ways(WEB, DB), ping(WEB, DB, 1.2, count=8)],
        breaks=lambda _, network: network.rewrite("node2_eth0.pcap", flipped(3)),
    )
    fact = facts(case, "damaged")[0]
    assert (fact.about["to_hop"], fact.about["systematic"]) == ("node2 eth0", False)
    assert causes(case)[0] == "corrupted-packets"


def test_all_packets_of_a_kind_are_damaged_by_a_device(tmp_path):
    case = scene(
        tmp_path,
        [*both_ways(WEB, DB), ping(WEB, DB, 1.2, count=8)],
        breaks=lambda _, network: network.rewrite("node2_eth0.pcap", flipped(1)),
    )
    assert causes(case)[0] == "bad-checksum"


def test_sound_packets_are_no_evidence(tmp_path):
    assert facts(scene(tmp_path), "damaged") == []
