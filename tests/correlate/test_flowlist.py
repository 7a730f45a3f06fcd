import polars as pl
from clusters import cluster, template
from directed import ANSWERING, OUTSIDE, OWNERS, POD1, POD2, SERVICE, directed, network, sent

from pcapcheck.correlate.flowlist import SCHEMA, counted, flow_list, totals, translations
from pcapcheck.correlate.paths import Paths
from pcapcheck.correlate.routes import routed

ENDS = ("source", "source_port", "destination", "destination_port")
INTEGERS = {"flow": pl.Int64, "point": pl.Int64, "file": pl.Int64, "interface": pl.Int64}


def seen(direction, source, destination, **rest):
    """Return a variant: ten packets of a flow at one point."""
    ends = dict(zip(ENDS, (*source, *destination), strict=True))
    usual = {"flow": 0, "kind": "tcp", "form": "plain", "point": 0, "file": 0, "interface": 0}
    counts = {"packets": 10, "bytes": 1000, "first": 5, "last": 25}
    return {"direction": direction, **ends, **usual, **counts, **rest}


def variants(*rows):
    return pl.DataFrame(rows, schema_overrides=INTEGERS)


def listed(rows, *tuples):
    flows, _ = routed(directed(*tuples), Paths(template, cluster()), OWNERS)
    return flow_list(network(variants(*rows), flows))


def test_a_flow_is_a_row_over_all_layers_points_and_ways():
    rows = [
        seen(0, POD1, POD2),
        seen(1, *ANSWERING, first=7, last=95),
        seen(0, POD1, POD2, point=1, form="vxlan", bytes=1500),
    ]
    assert listed(rows, sent(0, POD1, POD2), sent(1, *ANSWERING)).rows(named=True) == [
        {
            "flow": "tcp/10.244.1.5:40000-10.244.2.5:8080",
            "traffic": ["pod-to-pod", "cross-node"],
            "source": "default/pod1",
            "destination": "default/pod2",
            "outcome": None,
            "forms": ["plain", "vxlan"],
            "packets": 20,
            "bytes": 2000,
            "first": 5,
            "duration": 90,
            "points": 2,
            "nat": None,
            **dict.fromkeys(("requested_last", "answered_first", "answered_last")),
        }
    ]


def test_words_that_say_nothing_are_left_out_of_the_traffic():
    group = ("224.0.0.5", 0)
    assert listed([seen(0, POD1, group)], sent(0, POD1, group))["traffic"].to_list() == [[]]


def test_without_packets_the_list_is_empty_and_has_its_columns():
    assert dict(flow_list(network()).schema) == SCHEMA
    asks = variants(seen(0, POD1, POD2, kind="arp"), seen(0, POD1, POD2, flow=None))
    assert flow_list(network(asks)).is_empty()
    assert counted(network(asks)).is_empty()


def test_packets_are_those_of_the_point_that_saw_most():
    rows = variants(seen(0, POD1, POD2), seen(0, POD1, POD2, point=1, packets=11, bytes=9, first=1, last=99))
    assert totals(rows).rows() == [(0, 11, 9, 1, 99, 2)]


def test_of_points_that_saw_equally_many_packets_the_one_without_a_tunnel_counts():
    rows = variants(seen(0, POD1, POD2, bytes=1500), seen(0, POD1, POD2, point=1))
    assert totals(rows)["bytes"].to_list() == [1000]


def test_each_interface_of_no_known_point_counts_as_one():
    unbound = [
        seen(0, POD1, POD2, point=None, file=file, interface=number)
        for file, number in ((0, 0), (0, 1), (1, 0))
    ]
    assert totals(variants(*unbound, *unbound, seen(0, POD1, POD2)))["points"].to_list() == [4]


def test_flows_are_in_the_order_of_their_first_packets():
    rows = variants(seen(0, POD1, POD2, first=9), seen(1, POD1, POD2, flow=1), seen(2, POD1, POD2, flow=2))
    assert totals(rows)["flow"].to_list() == [1, 2, 0]


def translated(rows, *tuples):
    return translations(network(variants(*rows), directed(*tuples)))["nat"].to_list()


def test_a_service_is_translated_on_the_way_in():
    rows = seen(0, POD1, SERVICE), seen(0, POD1, POD2), seen(0, POD1, POD2)
    tuples = sent(0, POD1, SERVICE), sent(0, POD1, POD2)
    assert translated(rows, *tuples) == ["10.96.0.10:80 -> 10.244.2.5:8080"]


def test_a_source_is_replaced_on_the_way_out():
    node = ("192.168.10.1", 61000)
    rows = seen(0, POD1, OUTSIDE), seen(0, node, OUTSIDE)
    assert translated(rows, sent(0, POD1, OUTSIDE), sent(0, node, OUTSIDE)) == [
        "10.244.1.5:40000 -> 192.168.10.1:61000"
    ]


def test_a_flow_with_one_pair_of_ends_is_not_translated():
    assert translated([seen(0, POD1, POD2)], sent(0, POD1, POD2)) == []


def test_the_same_address_with_two_ports_is_no_change():
    more = (POD1[0], 40001)
    assert (
        translated([seen(0, POD1, POD2), seen(0, more, POD2)], sent(0, POD1, POD2), sent(0, more, POD2)) == []
    )
