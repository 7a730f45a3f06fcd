from guesses import nearer

from pcapcheck.bind.vantagepoint import Nearer
from pcapcheck.infer.nearness import Nearness

POD, PEER, OTHER = "10.0.0.1", "10.0.0.2", "10.0.0.3"


def test_watches_are_listed_from_the_source_to_the_destination_and_back():
    order = Nearness(nearer(POD, PEER, 7, 3, 5))
    assert order.along(POD, PEER) == [7, 3, 5]
    assert order.along(PEER, POD) == [5, 3, 7]


def test_the_watch_that_waits_longest_for_answers_is_the_nearest():
    order = Nearness(nearer(POD, PEER, 1, 2, 3))
    assert order.is_nearest(POD, 1, [2, 3]) is True
    assert order.is_nearest(POD, 2, [1, 3]) is False
    assert order.is_nearest(PEER, 3, [1, 2]) is True


def test_two_watches_that_wait_equally_long_are_not_told_apart():
    assert Nearness([Nearer(POD, PEER, 1, 2, 0, 9)]).is_nearest(POD, 1, [2]) is None


def test_watches_that_saw_no_common_exchange_do_not_count():
    order = Nearness(nearer(POD, PEER, 1, 2))
    assert order.is_nearest(POD, 1, [2, 9]) is True
    assert order.is_nearest(POD, 1, [9]) is None


def test_most_exchanges_decide():
    order = Nearness(
        [*nearer(POD, PEER, 1, 2), *nearer(POD, OTHER, 1, 2), *nearer(POD, "10.0.0.4", 2, 1)],
    )
    assert order.is_nearest(POD, 1, [2]) is True


def test_without_comparisons_nothing_is_known_of_anybody():
    order = Nearness([])
    assert (order.addresses, order.peers(POD), order.along(POD, PEER)) == ([], [], [])


def test_both_ends_of_an_exchange_are_peers():
    order = Nearness(nearer(POD, PEER, 1, 2))
    assert order.addresses == [POD, PEER]
    assert (order.peers(POD), order.peers(PEER)) == ([PEER], [POD])
