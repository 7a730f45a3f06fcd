"""Rules about fields that were not printed: captures made from text have only what tcpdump was asked for.

Takes the variants that a rule is about, and leaves out those whose text lacks a field of the rule, even where
a rule is about a field that must be absent. It says what is missing, and how to have it printed.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from pcapcheck.decode.columns import parse_name
from pcapcheck.decode.printed import OUTERMOST, is_absent

UNPRINTED: Final = "unprinted"  # column of variants: names of fields that were not printed, or null
OPTIONS: Final = (  # what a field's name begins with, what people call it, how tcpdump prints it
    ("ip.ttl", "TTL", "-v"),
    ("ipv6.hlim", "hop limit", "-v"),
    ("ip.id", "IP ID", "-v"),
    ("ip.dsfield", "DSCP", "-v"),
    ("ip.flags", "fragmentation", "-v"),
    ("ip.len", "length", "-v"),
    ("vlan", "VLAN tag", "-e"),
    ("eth", "MAC", "-e"),
    ("sll", "MAC", "-e"),
    ("arp", "MAC", "-e"),
    ("udp.checksum", "checksum", "-vv"),
    ("tcp.checksum", "checksum", "-vv"),
    ("icmp.checksum", "checksum", "-vv"),
    ("tcp.seq", "sequence number", "-S"),
    ("tcp", "TCP header", "-v"),
)


def printed(rows: pl.DataFrame, fields: Iterable[str]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the variants that have all of a rule's fields, as far as these occur, and the fields that lack.

    Args:
        rows: with the column UNPRINTED where any capture is text.
        fields: those that the rule names.
    """
    if UNPRINTED not in rows.columns:
        return rows, ()
    texts = rows[UNPRINTED].drop_nulls().unique().to_list()
    lacking = {text: lacks for text in texts if (lacks := _lacks(text, list(fields)))}
    if not lacking:
        return rows.drop(UNPRINTED), ()
    left = rows.filter(~pl.col(UNPRINTED).is_in(list(lacking)).fill_null(value=False))
    return left.drop(UNPRINTED), tuple(sorted({name for names in lacking.values() for name in names}))


def _lacks(text: str, fields: Sequence[str]) -> list[str]:
    """Return the fields that were not printed."""
    absent = frozenset(text.split())
    found = []
    for name in fields:
        wanted = parse_name(name)
        outermost = f"{wanted.field}{OUTERMOST}" in absent and not wanted.inner and wanted.occurrence == 1
        if outermost or is_absent(wanted.field, absent, quoted=wanted.quoted):
            found.append(name)
    return found


def why(lacking: Sequence[str]) -> str:
    """Return why a rule cannot be evaluated: what was not printed, and with which option it is."""
    told = dict.fromkeys(_told(name) for name in lacking)
    return " and ".join(told)


def _told(name: str) -> str:
    field = parse_name(name).field
    for start, word, option in OPTIONS:
        if field.startswith(start):
            return f"no {word}: tcpdump ran without {option}"
    return f"no {field}: the text does not show it"
