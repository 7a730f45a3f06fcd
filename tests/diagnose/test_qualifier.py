"""The property that separates lost from delivered best."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.diagnose.qualifier import qualify

COLUMNS = {"protocol": "protocol", "port": "port"}


def rows(*told):
    """Return packets: (lost, protocol, port, size)."""
    frame = pl.DataFrame(told, schema=["lost", "protocol", "port", "size"], orient="row")
    return frame.with_columns(pl.when("lost").then(pl.lit("lost")).otherwise(pl.lit("")).alias("fate"))


def test_a_property_that_tells_all_is_a_clean_cut():
    found = qualify(rows((True, "tcp", "tcp 80", 60), (False, "udp", "udp 53", 60)), COLUMNS)
    assert (found.name, found.value, found.gain) == ("protocol", "tcp", 1.0)


def test_of_equal_properties_the_first_is_named():
    found = qualify(rows((True, "tcp", "80", 60), (False, "udp", "53", 900)), COLUMNS)
    assert found.name == "protocol"


def test_length_is_named_with_its_threshold_only_if_it_is_better():
    packets = [
        (False, "tcp", "80", 100),
        (False, "tcp", "80", 900),
        (True, "tcp", "80", 1401),
        (True, "tcp", "80", 1500),
    ]
    found = qualify(rows(*packets), COLUMNS)
    assert (found.name, found.threshold, found.gain) == ("length", 1401, 1.0)
    assert "1401" in found.says


def test_where_everything_is_lost_nothing_separates():
    found = qualify(rows((True, "tcp", "80", 60), (True, "udp", "53", 60)), COLUMNS)
    assert (found.name, found.says) == ("everything", "")


def test_chance_separates_nothing():
    packets = [(number % 2 == 0, "tcp", "80", 60) for number in range(20)]
    assert qualify(rows(*packets), COLUMNS).gain == 0


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from("ab"), st.sampled_from("cd"), st.integers(1, 5)), min_size=1
    )
)
def test_a_gain_is_a_share(packets):
    assert 0 <= qualify(rows(*packets), COLUMNS).gain <= 1 + 1e-9
