import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.documents import values
from pcapcheck.topology.owners import Networks

SOME = st.lists(st.tuples(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 2, 28, 30, 31, 32])), max_size=12)


def test_longest_network_wins():
    networks = Networks([("10.0.0.0/8", "wide"), ("10.244.0.0/16", "narrow")])
    assert networks.find(*values.address_number("10.244.1.1")) == "narrow"
    assert networks.find(*values.address_number("10.245.0.0")) == "wide"


def test_nothing_holds_an_address_outside():
    networks = Networks([("10.0.0.0/8", "wide")])
    assert networks.find(*values.address_number("11.0.0.0")) is None
    assert networks.find(*values.address_number("9.255.255.255")) is None


def test_first_of_equal_networks_counts():
    assert Networks([("::/0", 1), ("::/0", 2)]).find(6, 5) == 1


def test_families_are_apart():
    assert Networks([("::/0", 1)]).find(4, 5) is None


@given(SOME, st.integers(0, 2**32 - 1))
def test_agrees_with_a_search_through_all(nets, number):
    texts = [f"{values.ipv4_text(low >> (32 - n) << (32 - n) if n else 0)}/{n}" for low, n in nets]
    number = nets[0][0] if nets and number % 2 else number
    holding = [net for net in map(ipaddress.ip_network, texts) if ipaddress.ip_address(number) in net]
    longest = str(max(holding, key=lambda net: net.prefixlen)) if holding else None
    assert Networks([(text, text) for text in texts]).find(4, number) == longest
