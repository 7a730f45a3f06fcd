"""Rules about fields that were not printed judge nothing, and say what would print them."""

import polars as pl

from pcapcheck.check.unprinted import UNPRINTED, printed, why


def rows(*texts):
    return pl.DataFrame(
        {"packets": [1] * len(texts), UNPRINTED: list(texts)}, schema_overrides={UNPRINTED: pl.String}
    )


def test_variants_that_lack_a_field_of_the_rule_are_left_out():
    left, lacking = printed(rows("ip.ttl eth.src", "eth.src", None), ["inner.ip.ttl", "tcp.dstport"])
    assert len(left) == 2
    assert lacking == ("inner.ip.ttl",)


def test_rule_about_a_header_that_must_be_absent_is_not_judged_where_it_is_never_shown():
    left, lacking = printed(rows("vlan"), ["vlan.id"])
    assert left.is_empty()
    assert why(lacking) == "no VLAN tag: tcpdump ran without -e"


def test_captures_lack_nothing():
    frame = pl.DataFrame({"packets": [1]})
    assert printed(frame, ["ip.ttl"]) == (frame, ())


def test_reasons_name_each_option_once():
    assert why(["inner.ip.ttl", "ip.ttl", "eth.src"]) == (
        "no TTL: tcpdump ran without -v and no MAC: tcpdump ran without -e"
    )
