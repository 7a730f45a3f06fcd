"""Resets of open connections: by an end they are a close, by somebody else a fault."""

import pytest
from networks import summed
from packets import eth, ip, tcp
from scene import AT_WEB, CNI0_MAC, DB_IP, WEB_IP, WEB_MAC, causes, everywhere, facts, scene

from kept import kept
from profiles import DB, WEB
from sample import dns, fetch, ping

SYN, SYN_ACK, ACK, PSH, RST, FIN = 0x02, 0x12, 0x10, 0x18, 0x04, 0x11


def asked(flags, seq, ack=0, payload=b""):
    segment = tcp(payload, sport=41000, dport=80, seq=seq, ack=ack, flags=flags)
    return eth(summed(ip(segment, WEB_IP, DB_IP, id=seq)), src=WEB_MAC, dst=CNI0_MAC)


def answered(flags, seq, ack=0, payload=b"", ttl=62):
    segment = tcp(payload, sport=80, dport=41000, seq=seq, ack=ack, flags=flags)
    return eth(summed(ip(segment, DB_IP, WEB_IP, ttl=ttl, id=seq)), src=CNI0_MAC, dst=WEB_MAC)


def connection(reset, after=1.0, closed=False):
    frames = [
        (10, asked(SYN, 1)),
        (10.01, answered(SYN_ACK, 100, 2)),
        (10.02, asked(ACK, 2, 101)),
        (10.03, asked(PSH, 2, 101, b"question")),
        (10.04, answered(PSH, 101, 10, b"answer")),
        (10.05, asked(ACK, 10, 107)),
    ]
    if closed:
        frames += [
            (10.1, answered(FIN, 107, 10)),
            (10.11, asked(FIN, 10, 108)),
            (10.12, answered(ACK, 108, 11)),
        ]
    frames += [(10.06 + after, asked(PSH, 10, 107, b"again")), (10.07 + after, reset)]
    return everywhere(AT_WEB, *frames)


def case_of(folder, *told, **more):
    return scene(folder, [fetch(WEB, DB, 0.5)], put=connection(*told, **more))


def test_a_reset_with_another_ttl_is_of_somebody_else(tmp_path):
    case = case_of(tmp_path, answered(RST, 107, ttl=64))
    (fact,) = facts(case, "reset_by_other")
    assert (fact.about["ttl"], fact.about["other"], fact.about["toward"]) == (64, 62, "client")
    assert "connection-reset" in causes(case)


def test_a_reset_after_a_long_pause_is_a_forgotten_translation(tmp_path):
    case = case_of(tmp_path, answered(RST, 107, ttl=64), after=900.0)
    assert facts(case, "reset_by_other")[0].about["pause"] == 900
    assert "nat-entry-expired" in causes(case)
    assert "connection-reset" not in causes(case)


@pytest.mark.parametrize("closed", [False, True])
def test_a_reset_by_an_end_is_a_close(tmp_path, closed):
    assert facts(case_of(tmp_path, answered(RST, 108, ttl=62), closed=closed), "reset_by_other") == []


def test_a_late_reset_of_a_closed_connection_breaks_nothing(tmp_path):
    assert facts(case_of(tmp_path, answered(RST, 108, ttl=64), closed=True), "reset_by_other") == []


def test_the_request_that_a_node_resets_is_not_a_loss_of_its_own(tmp_path):
    cut = kept(WEB, DB, 1.2, size=100, cut=2)
    case = scene(tmp_path, [ping(WEB, DB, 0.1), cut, kept(WEB, DB, 1.3, size=100), dns(WEB, DB, 2.4)])
    assert causes(case) == ["connection-reset"]
