import pytest
from clusters import cluster
from networks import OUTSIDE, POD1, POD2, SERVICE, answer, ask, network, said
from packets import eth, icmp, ip

from pcapcheck.check.expected import check_traffic, without
from pcapcheck.check.finding import Frame
from pcapcheck.topology.topology import Expectation

FROM, TO = "default/pod1", "default/pod2"
REFUSED = answer(62, flags=0x14)


def seen(*entries, at=None):
    topology = cluster(traffic=tuple(entries))
    return network({"pod1": at or [ask(), answer(62)]}, topology)


def expect(what, source=FROM, destination=TO, protocol="tcp", port=80):
    return Expectation(source, destination, protocol, port, what)


def messages(entry, *packets):
    return [each.message for each in check_traffic(seen(entry, at=packets)).findings]


def test_what_should_work_and_is_answered_is_met():
    found = check_traffic(seen(expect("ok")))
    assert (found.findings, found.met, found.unknown, found.blocked) == ((), 1, (), frozenset())


def test_what_should_work_and_gets_no_answer_is_a_finding_with_its_frames():
    [finding] = check_traffic(seen(expect("ok"), at=[ask(), ask(seq=2)])).findings
    assert finding.message == "tcp default/pod1 to default/pod2:80 gets no answer but should"
    assert finding.frames == (Frame("pod1.pcap", 1), Frame("pod1.pcap", 2))
    assert (finding.hop.pod, finding.packets) == (FROM, 2)


def test_a_refusal_is_no_answer():
    assert messages(expect("ok"), ask(), REFUSED) != []
    assert messages(expect("blocked"), ask(), REFUSED) == []


def test_what_should_be_blocked_and_is_answered_is_a_finding():
    assert messages(expect("blocked"), ask(), answer(62)) == [
        "tcp default/pod1 to default/pod2:80 is answered but should be blocked"
    ]


def test_what_is_meant_to_be_blocked_and_is_counts_as_no_fault():
    made = seen(expect("blocked"), at=[ask(), said(POD1, OUTSIDE, dport=443, seq=9)])
    found = check_traffic(made)
    assert (found.findings, len(found.blocked)) == ((), 1)
    assert without(made, found.blocked).variants["destination"].to_list() == [OUTSIDE]
    assert without(made, frozenset()) is made


def test_what_was_never_seen_is_a_finding_only_where_somebody_looked_at_its_source():
    other = said(POD1, OUTSIDE, dport=443, seq=9)
    assert messages(expect("ok"), other)[0].endswith("was never seen, although its source was captured")
    found = check_traffic(seen(expect("ok", source=TO, destination=FROM), at=[other]))
    assert found.findings == ()
    assert found.unknown == (
        "traffic tcp default/pod2 to default/pod1:80 was not seen, and its source was not captured then",
    )
    assert messages(expect("blocked"), other) == []


@pytest.mark.parametrize(
    ("how", "met"),
    [
        ({"port": None, "protocol": None}, 3),
        ({"port": None}, 2),
        ({"port": None, "protocol": "icmp"}, 1),
        ({"port": 81}, 1),
        ({"source": POD1, "destination": POD2}, 1),
    ],
)
def test_an_entry_means_flows_of_its_ends_protocol_and_port(how, met):
    ping = eth(ip(icmp(), src=POD1, dst=POD2))
    assert check_traffic(seen(expect("ok", **how), at=[ask(), ask(dport=81, seq=2), ping])).met == met


def test_a_service_is_asked_by_its_own_address():
    asked = said(POD1, SERVICE, dport=80, flags=2)
    packets = asked, said(SERVICE, POD1, seq=9, sport=80, dport=40000, flags=0x12)
    assert messages(expect("ok", destination="default/web"), *packets) == []


def test_answers_are_not_taken_for_questions():
    made = seen(expect("ok", source=TO, destination=FROM, port=None))
    assert check_traffic(made).met == 0


def test_without_expectations_nothing_is_judged():
    found = check_traffic(seen())
    assert (found.findings, found.met, found.unknown) == ((), 0, ())
