import polars as pl
import pytest
from directed import ANSWERING, OUTSIDE, POD1, POD2, SERVICE, directed, sent, tuples

NODE1 = ("192.168.10.1", 61000)
NODEPORT = ("192.168.10.2", 30080)


def column(name, *rows):
    return directed(*rows)[name].to_list()


def test_each_end_has_its_owner_and_nobody_owns_what_has_no_address():
    told = tuples(sent(0, POD1, SERVICE), sent(1, (None, 0), (None, 0), kind="other"))
    assert told.select("source_kind", "source_name", "source_node", "destination_name").rows() == [
        ("pod", "default/pod1", "node1", "default/web"),
        (None, None, None, None),
    ]


def test_two_ways_are_one_flow_that_names_the_client_first():
    rows = sent(0, POD2, POD1), sent(1, POD1, POD2, opens=True)
    assert column("flow", *rows) == [0, 0]
    assert column("reverse", *rows) == [1, 0]
    assert column("client", *rows) == [False, True]
    assert set(column("flow_text", *rows)) == {"tcp/10.244.1.5:40000-10.244.2.5:8080"}


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ({"opens": True}, {}),
        ({"opens": True, "first": 9}, {"first": 1}),
        ({"first": 9}, {"first": 1}),
    ],
    ids=["opens", "opens though seen later", "asks the lower port"],
)
@pytest.mark.parametrize("number", [0, 1])
def test_the_client_opens_or_asks_the_lower_port(asks, answers, number):
    rows = sent(number, POD1, POD2, **asks), sent(1 - number, *ANSWERING, **answers)
    assert column("client", *rows)[number] is True
    assert column("client", *rows)[1 - number] is False


def test_of_equal_ports_the_client_was_first():
    a, b = ("10.244.1.5", 500), ("10.244.2.5", 500)
    assert column("client", sent(0, a, b, first=2), sent(1, b, a, first=1)) == [False, True]
    assert column("client", sent(0, a, b, first=1), sent(1, b, a, first=1)) == [True, False]


def test_a_way_without_answers_is_the_clients():
    assert directed(sent(0, POD2, POD1)).select("reverse", "client", "flow").rows() == [(None, True, 0)]


def test_who_speaks_to_itself_is_its_own_answer_and_client():
    same = ("10.244.1.5", 500)
    assert directed(sent(0, same, same)).select("reverse", "client", "flow").rows() == [(0, True, 0)]


def test_the_ends_of_a_translated_way_are_pods_and_the_service_is_told():
    told = directed(sent(0, POD1, SERVICE), sent(0, POD1, POD2))
    assert told.select("destination", "destination_port", "service", "translated", "tuples").rows() == [
        ("10.244.2.5", 8080, "default/web", True, 2)
    ]
    assert directed(sent(0, POD1, POD2))["translated"].to_list() == [False]


def test_of_two_addresses_of_one_rank_the_smaller_is_the_end():
    other = ("10.244.1.5", 39999)
    assert column("source_port", sent(0, POD1, POD2), sent(0, other, POD2)) == [39999]


def test_the_node_that_stands_for_a_pod_towards_the_outside_is_via():
    assert column("via", sent(0, POD1, OUTSIDE), sent(0, NODE1, OUTSIDE)) == ["node1"]
    assert column("via", sent(0, OUTSIDE, NODEPORT), sent(0, OUTSIDE, POD2)) == ["node2"]


def test_a_node_that_speaks_for_itself_stands_for_nobody():
    assert column("via", sent(0, NODE1, OUTSIDE)) == [None]
    assert column("via", sent(0, NODE1, POD2), sent(0, POD1, POD2)) == [None]


@pytest.mark.parametrize(
    ("kind", "source", "destination", "text"),
    [
        ("udp", POD1, POD2, "udp/10.244.1.5:40000-10.244.2.5:8080"),
        ("tcp", ("fd00::1", 1), ("fd00::2", 2), "tcp/[fd00::1]:1-[fd00::2]:2"),
        ("echo", ("10.244.1.5", 7), ("10.244.2.5", 7), "icmp/10.244.1.5-10.244.2.5#7"),
        ("other", ("10.244.1.5", 0), ("10.244.2.5", 0), "other/10.244.1.5-10.244.2.5"),
        ("other", (None, 0), (None, 0), ""),
    ],
)
def test_a_flow_is_written(kind, source, destination, text):
    assert column("flow_text", sent(0, source, destination, kind=kind)) == [text]


def test_directions_are_in_the_order_of_their_numbers():
    told = directed(sent(1, *ANSWERING), sent(0, POD1, POD2), sent(2, POD1, OUTSIDE))
    assert told["direction"].to_list() == [0, 1, 2]
    assert told.schema["direction"] == pl.Int64


def test_the_last_to_open_an_association_of_sctp_is_its_client():
    pod, peer = ("10.244.1.5", 36412), ("203.0.113.9", 36412)
    rows = (
        sent(0, peer, pod, kind="sctp", opens=True, first=1),
        sent(1, pod, peer, kind="sctp", opens=True, first=9),
    )
    assert column("client", *rows) == [False, True]
    assert set(column("flow_text", *rows)) == {"sctp/10.244.1.5:36412-203.0.113.9:36412"}


def test_a_flow_of_dhcp_is_named_by_its_client():
    client, servers = ("0.0.0.0", 0x0A0000000001), ("255.255.255.255", 67)
    rows = sent(0, servers, client, kind="dhcp"), sent(1, client, servers, kind="dhcp", first=9)
    assert column("client", *rows) == [False, True]
    assert set(column("flow_text", *rows)) == {"dhcp/0a:00:00:00:00:01"}
