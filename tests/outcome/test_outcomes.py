"""How conversations end: by SYNs, echoes and datagrams, at the point nearest to the client."""

import polars as pl
import pytest
from directed import network as nothing
from packets import eth, icmp, ip, tcp, udp
from scene import AT_WEB, CNI0_MAC, DB_IP, WEB_IP, WEB_MAC, everywhere, scene

from pcapcheck.outcome.outcome import FAILED, Outcome
from pcapcheck.outcome.outcomes import outcomes
from profiles import DB, WEB, flannel
from sample import fetch, one_way

SYN, SYN_ACK, RST, ACK, PSH = 0x02, 0x12, 0x14, 0x10, 0x18
MADE_BY_SAMPLES = 10.0  # s: what samples write ends before


def asked(payload, number=1):
    return eth(ip(payload, WEB_IP, DB_IP, id=number), src=WEB_MAC, dst=CNI0_MAC)


def answered(payload, number=1, source=DB_IP):
    return eth(ip(payload, source, WEB_IP, ttl=62, id=number), src=CNI0_MAC, dst=WEB_MAC)


def segment(flags, seq=1, ack=0, payload=b"", port=41000):
    return tcp(payload, sport=port, dport=80, seq=seq, ack=ack, flags=flags)


def reply(flags, seq=1, ack=0, payload=b"", port=41000):
    return tcp(payload, sport=80, dport=port, seq=seq, ack=ack, flags=flags)


def outcome(folder, *frames, files=AT_WEB):
    """Return the row of the only conversation whose client port or identifier is 41000."""
    put = everywhere(files, *((MADE_BY_SAMPLES + seconds, frame) for seconds, frame in frames))
    case = scene(folder, [fetch(WEB, DB, 0.5)], put=put)
    rows = case.network.outcomes.filter(pl.col("asked_source_port") == 41000)
    assert len(rows) == 1
    return rows.row(0, named=True)


def syn_at(*seconds):
    return [(second, asked(segment(SYN), number)) for number, second in enumerate(seconds)]


def test_a_connection_that_opens_is_answered(tmp_path):
    frames = [
        (0, asked(segment(SYN))),
        (0.01, answered(reply(SYN_ACK, 9, 2))),
        (0.02, asked(segment(ACK, 2, 10))),
    ]
    found = outcome(tmp_path, *frames)
    assert found["outcome"] == Outcome.ANSWERED
    assert not found["failed"]


def test_a_syn_sent_again_is_unanswered(tmp_path):
    found = outcome(tmp_path, *syn_at(0, 1, 3))
    assert found["outcome"] == Outcome.UNANSWERED
    assert (found["asked"], found["answers"]) == (3, 0)
    assert found["failed"]


def test_a_single_syn_at_the_end_of_the_capture_is_unknown(tmp_path):
    assert outcome(tmp_path, *syn_at(0))["outcome"] == Outcome.UNKNOWN


def test_a_syn_that_was_waited_for_is_unanswered(tmp_path):
    later = asked(icmp(type=8, word=7 << 16), 9)
    assert outcome(tmp_path, *syn_at(0), (5, later))["outcome"] == Outcome.UNANSWERED


def test_a_reset_refuses_a_syn(tmp_path):
    found = outcome(tmp_path, (0, asked(segment(SYN))), (0.01, answered(reply(RST, 0, 2))))
    assert found["outcome"] == Outcome.REFUSED


def test_a_health_check_that_closes_at_once_is_answered(tmp_path):
    frames = [
        (0, asked(segment(SYN))),
        (0.01, answered(reply(SYN_ACK, 9, 2))),
        (0.02, asked(segment(RST, 2, 10))),
    ]
    assert outcome(tmp_path, *frames)["outcome"] == Outcome.ANSWERED


def test_an_answer_from_another_address_answers_nothing(tmp_path):
    frames = [*syn_at(0, 1, 3), (0.01, answered(reply(SYN_ACK, 9, 2), source="10.100.1.77"))]
    assert outcome(tmp_path, *frames)["outcome"] == Outcome.UNANSWERED


def test_syn_acks_that_nobody_acknowledges(tmp_path):
    frames = [*syn_at(0, 1, 3), *((s + 0.01, answered(reply(SYN_ACK, 9, 2), s)) for s in (0, 1, 3))]
    assert outcome(tmp_path, *frames)["outcome"] == Outcome.UNANSWERED


def opened():
    return [
        (0, asked(segment(SYN))),
        (0.01, answered(reply(SYN_ACK, 9, 2))),
        (0.02, asked(segment(ACK, 2, 10), 2)),
    ]


def data(size, *seconds):
    return [
        (second, asked(segment(PSH, 2, 10, b"x" * size), 10 + number))
        for number, second in enumerate(seconds)
    ]


def test_data_that_is_never_acknowledged_is_stalled(tmp_path):
    assert outcome(tmp_path, *opened(), *data(900, 0.1, 0.4, 1, 2.2))["outcome"] == Outcome.STALLED


def test_data_that_is_acknowledged_late_is_answered(tmp_path):
    late = (2.5, answered(reply(ACK, 10, 902), 4))
    assert outcome(tmp_path, *opened(), *data(900, 0.1, 0.4, 1, 2.2), late)["outcome"] == Outcome.ANSWERED


def test_probes_of_a_closed_window_stall_nothing(tmp_path):
    assert outcome(tmp_path, *opened(), *data(1, 0.1, 0.4, 1, 2.2))["outcome"] == Outcome.ANSWERED


def test_a_second_connection_of_the_same_ports_has_numbers_of_its_own(tmp_path):
    again = [(s + 5, f) for s, f in opened()]
    sent = [(5.1, asked(segment(PSH, 2, 10, b"x" * 90), 20)), (5.2, answered(reply(ACK, 10, 92), 21))]
    assert outcome(tmp_path, *opened(), *again, *sent)["outcome"] == Outcome.ANSWERED


def echo(type_, number):
    return icmp(b"ping" * 4, type=type_, word=41000 << 16 | number)


def test_echoes_without_a_reply(tmp_path):
    found = outcome(tmp_path, *((s, asked(echo(8, s), s + 1)) for s in range(4)))
    assert found["outcome"] == Outcome.UNANSWERED


def test_one_lost_echo_is_no_failure(tmp_path):
    frames = [(s, asked(echo(8, s), s + 1)) for s in range(4)]
    frames += [(s + 0.1, answered(echo(0, s), s + 1)) for s in (0, 1, 3)]
    assert outcome(tmp_path, *frames)["outcome"] == Outcome.ANSWERED


def test_echoes_that_cease_to_be_answered(tmp_path):
    frames = [(s, asked(echo(8, s), s + 1)) for s in range(6)]
    frames += [(s + 0.1, answered(echo(0, s), s + 1)) for s in (0, 1)]
    found = outcome(tmp_path, *frames)
    assert found["outcome"] == Outcome.UNANSWERED
    assert found["answers"] == 2


def query(number, port=53):
    return asked(udp(b"name?" + bytes([number]), sport=41000, dport=port), number)


def test_a_query_that_nobody_answers(tmp_path):
    assert outcome(tmp_path, (0, query(1)), (5, query(1)))["outcome"] == Outcome.UNANSWERED


def test_datagrams_that_ask_nothing_are_one_way(tmp_path):
    frames = [(number, query(number, port=8125)) for number in range(1, 6)]
    assert outcome(tmp_path, *frames)["outcome"] == Outcome.ONE_WAY


def test_a_port_unreachable_refuses_a_query(tmp_path):
    quoted = query(1)[14:]
    error = answered(icmp(quoted, type=3, code=3))
    assert outcome(tmp_path, (0, query(1)), (0.1, error))["outcome"] == Outcome.REFUSED


@pytest.mark.parametrize("talks", [one_way(WEB, DB), [fetch(WEB, DB, 0.5)]])
def test_nothing_fails_in_a_healthy_network(tmp_path, talks):
    case = scene(tmp_path, talks, flannel)
    assert case.network.outcomes.filter(pl.col("outcome").is_in(FAILED)).is_empty()
    assert set(case.network.outcomes["outcome"].to_list()) == {Outcome.ANSWERED}


def test_where_requests_were_seen_last(tmp_path):
    def to_the_pod(frame):
        return getattr(frame.content, "destination", "") == DB_IP

    case = scene(
        tmp_path, one_way(WEB, DB), breaks=lambda _, network: network.drop("node2_cni0.pcap", to_the_pod)
    )
    failed = case.network.outcomes.filter("failed")
    points = [case.point(number).text for number in failed["far"].unique()]
    assert points == ["node2 flannel.1"]
    assert not failed["delivered"].any()


def test_where_nothing_was_captured_nothing_ended():
    assert outcomes(nothing()).is_empty()
