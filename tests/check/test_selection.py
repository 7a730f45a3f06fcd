import pytest
from clusters import cluster
from networks import OUTSIDE, POD1, POD2, SERVICE, answer, ask, carried, network, said
from packets import eth, icmp, ip, ipv6, tcp

from pcapcheck.check.filters import parse_filter
from pcapcheck.check.selection import Selection, narrow, narrowed, pod_names
from pcapcheck.errors import InputError
from pcapcheck.topology.topology import Pod

WEB, OTHER = "tcp/10.244.1.5:40000-10.244.2.5:80", "tcp/10.244.1.5:41000-10.244.2.5:81"
ECHO = "icmp/10.244.1.5-10.244.2.5#7"
ERROR = eth(ip(icmp(ip(tcp()), type=3), src="10.244.1.1", dst=POD1))
LOST = eth(ip(icmp(ip(tcp()), type=3), src="10.244.1.1", dst="10.244.1.77"))
PING = eth(ip(icmp(word=0x00070001), src=POD1, dst=POD2))
OUTWARD, ELSEWHERE = said(POD1, OUTSIDE, dport=443, seq=2), ask(sport=41000, dport=81, seq=3)
SEEN = {
    "pod1": [ask(), ask(), answer(62), OUTWARD, ELSEWHERE, PING, ERROR, LOST],
    "node1 eth0": [carried(ask(63), vni=7)],
}
WHOLE = network(SEEN)


def left(**selection):
    """Return the flows that are left, by name."""
    made = narrow(WHOLE, Selection(**selection))
    flows = made.directions.filter(made.directions["direction"].is_in(made.variants["direction"].to_list()))
    return set(flows["flow_text"]) - {"icmp-error/10.244.1.1-10.244.1.5", "icmp-error/10.244.1.1-10.244.1.77"}


def test_without_a_selection_everything_is_looked_at():
    assert narrow(WHOLE, Selection()) is WHOLE
    assert not Selection()
    assert len(left()) == 4


def test_a_packet_that_matches_selects_its_whole_flow():
    made = narrow(WHOLE, Selection(filter=parse_filter("vxlan.vni=7")))
    assert left(filter=parse_filter("vxlan.vni=7")) == {WEB}
    assert made.variants.filter(made.variants["kind"] == "tcp")["packets"].sum() == 4
    assert left(filter=parse_filter("vxlan.vni=8")) == set()


def test_one_packet_must_match_all_of_a_filter():
    assert left(filter=parse_filter("form=vxlan inner.ip.ttl=63")) == {WEB}
    assert left(filter=parse_filter("form=vxlan inner.ip.ttl=64")) == set()


def test_addresses_of_ipv6_are_compared_whole():
    six = network({"pod1": [eth(ipv6(tcp(), src="fd00::1:1")), eth(ipv6(tcp(seq=2), src="fd00::2:1"))]})
    made = narrow(six, Selection(filter=parse_filter("inner.ipv6.src=fd00::1:1")))
    assert made.variants["source"].to_list() == ["fd00::1:1"]


def test_pods_select_the_flows_at_whose_ends_they_are():
    assert left(pods=("default/pod2",)) == {WEB, OTHER, ECHO}
    assert left(pods=("default/pod2",), filter=parse_filter("inner.tcp.dstport=81")) == {OTHER}


@pytest.mark.parametrize(
    ("name", "flows"),
    [
        (WEB, {WEB}),
        ("tcp/10.244.2.5:80-10.244.1.5:40000", {WEB}),
        ("tcp/[10.244.1.5]:40000-10.244.2.5:80", {WEB}),
        (ECHO, {ECHO}),
        ("pod1-pod2", {WEB, OTHER, ECHO}),
        ("default/pod2-pod1", {WEB, OTHER, ECHO}),
        ("pod1-pod2:81", {OTHER}),
        ("1", {WEB}),
        ("3", {OTHER}),
    ],
)
def test_a_flow_is_named_in_either_direction_by_its_ends_or_its_row(name, flows):
    assert left(flow=name) == flows


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("tcp/10.244.1.5:40000-10.244.2.5:88", f"no such flow among 4\n  fix: did you mean `{WEB}`"),
        ("0", "there are 4 flows"),
        ("5", "there are 4 flows"),
        ("pod1-nobody", "no such flow"),
        ("?", "`pcapcheck flows` lists the flows"),
    ],
)
def test_a_flow_that_is_not_there_is_a_mistake(name, says):
    with pytest.raises(InputError) as error:
        left(flow=name)
    assert says in str(error.value)


@pytest.mark.parametrize(
    "name", [f"tcp/{POD1}:40000-{SERVICE}:80", f"tcp/{POD1}:40000-{POD2}:8080", "pod1-web:8080", "pod1-pod2"]
)
def test_a_translated_flow_has_the_names_of_before_and_after(name):
    seen = network({"pod1": [said(POD1, SERVICE, dport=80)], "node1 cni0": [said(POD1, POD2, dport=8080)]})
    assert narrow(seen, Selection(flow=name)).variants["destination"].to_list() == [SERVICE, POD2]


def test_errors_towards_the_ends_of_a_selected_flow_stay():
    made = narrow(WHOLE, Selection(flow=WEB))
    errors = made.variants.filter(made.variants["kind"] == "icmp-error")
    assert errors["destination"].to_list() == [POD1]


def test_only_directions_that_are_left_were_watched():
    assert narrow(WHOLE, Selection(flow=ECHO)).watched["direction"].n_unique() == 1


def test_how_much_was_left_out_is_said():
    made = narrow(WHOLE, Selection(flow=WEB))
    assert narrowed(WHOLE, made) == "1 of 4 flows were checked; the others were not selected"


def test_a_selection_reads_the_fields_of_its_filter():
    assert Selection(filter=parse_filter("form=vxlan vxlan.vni=7")).fields == ("vxlan.vni",)


PODS = cluster(pods={name: Pod(name, "node1", ()) for name in ("a/web", "b/web", "b/db")})


def test_pods_may_be_named_without_their_namespace_where_only_one_is_called_so():
    assert pod_names(("db", "a/web"), PODS) == ("b/db", "a/web")
    with pytest.raises(InputError, match="a/web, b/web have this name"):
        pod_names(("web",), PODS)
    with pytest.raises(InputError, match="did you mean `db`"):
        pod_names(("dbb",), PODS)
