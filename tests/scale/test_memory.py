"""Budget: what a size means, and that less memory means smaller pieces."""

import pytest

from pcapcheck.errors import InputError
from pcapcheck.scale.memory import MIN_MEMORY, ONE_GB, Budget, read_budget


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("2GB", 2 << 30),
        ("512m", 512 << 20),
        ("1.5 GiB", 3 << 29),
        ("1073741824", 1 << 30),
        (MIN_MEMORY, MIN_MEMORY),
    ],
)
def test_a_size_is_written_as_people_write_it(text, size):
    assert read_budget(text) == Budget(size, given=True)


@pytest.mark.parametrize("text", ["much", "GB", "2 XB", "", "nan", "1e999GB"])
def test_what_is_no_size_is_an_error(text):
    with pytest.raises(InputError, match="this is not a size"):
        read_budget(text)


def test_too_little_is_an_error():
    with pytest.raises(InputError, match="a process needs 400 MB at least"):
        read_budget("100MB")


def test_without_a_ceiling_there_is_the_usual_one():
    assert read_budget(None) == ONE_GB


def test_less_memory_means_smaller_pieces():
    small, large = Budget(MIN_MEMORY), Budget(4 << 30)
    assert (small.split, small.waiting, small.partition()) < (large.split, large.waiting, large.partition())
    assert small.partition() > 0


def test_what_is_held_besides_leaves_less_for_a_partition_but_never_nothing():
    small = Budget(MIN_MEMORY)
    assert 0 < small.partition(2 << 30) < small.partition(100 << 20) < small.partition()


def test_more_memory_than_is_of_use_is_not_taken():
    assert Budget(4 << 30).partition() == Budget(8 << 30).partition()


def test_what_is_needed_fits_then():
    assert read_budget(ONE_GB.needed(5_000_000)).fitting >= 5_000_000
