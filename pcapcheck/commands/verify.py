"""verify: a second opinion on a capture, by tshark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pcapcheck.options import run_option
from pcapcheck.report.console import warn, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pcapcheck.verify import Disagreement, Opinion

DIFFERENT = 1
SHOWN = 20  # disagreements in the text


@click.command()
@click.argument("file", metavar="FILE")
@run_option(
    "decode_as", help="The protocol of a port number, as tshark writes it. Default: as the profiles say."
)
@click.option(
    "--packets",
    metavar="N",
    type=click.IntRange(1),
    default=1000,
    show_default=True,
    help="Number of packets to compare.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(file: str, decode_as: tuple[str, ...], packets: int, form: str) -> int:
    """Compare how pcapcheck and tshark decode a capture.

    All fields that rules can use are compared, in every header. The exit status is 1 if any value differs.

    \b
    Examples:
      pcapcheck verify node1_eth0.pcap
      pcapcheck verify node1_eth0.pcap -d udp.port==4790,vxlan --packets 100000 --format json
    """
    from pcapcheck.decode.registry import dissector_table
    from pcapcheck.scale.scratch import Scratch
    from pcapcheck.verify import second_opinion

    tables = _tables(decode_as)
    with Scratch() as scratch:
        opinion = second_opinion(_spooled(file, scratch.path), tables, dissector_table(tables), packets)
    if opinion.more:
        warn(f"the first {packets:,} packets were compared; --packets N compares more", level="note")
    write(_json(opinion) if form == "json" else _text(file, opinion))
    return DIFFERENT if opinion.disagreements else 0


def _tables(decode_as: tuple[str, ...]) -> Mapping[str, Mapping[int, str]]:
    """Return the protocol of each port number: as the user gives it, else as the shipped profiles do."""
    from pcapcheck.check.candidates import RuleChoice, dissectors, find_candidates
    from pcapcheck.run.settings import read_settings
    from pcapcheck.topology.topology import Topology

    said = read_settings(Topology(), decode_as=decode_as).decode_as
    candidates = find_candidates(Topology(), (), {}, RuleChoice(), decoding_only=True)
    return dissectors(candidates.profiles, said)


def _spooled(file: str, scratch: str) -> str:
    """Return the path of the capture; standard input becomes a file, since two programs read it."""
    from pcapcheck.capture.inputs import Input, spool

    return spool([Input(file, file, named=True)], scratch)[0].path


def _text(file: str, opinion: Opinion) -> Iterator[str]:
    from pcapcheck.report.escape import visible

    count = len(opinion.disagreements)
    verdict = f"{count:,} values are read differently" if count else "both read the same"
    yield f"{visible(file)}: {opinion.packets:,} packets, {opinion.values:,} values: {verdict}\n"
    if opinion.malformed:
        yield f"  not compared, malformed to tshark: {_numbers(opinion.malformed)}\n"
    yield from (_line(each) for each in opinion.disagreements[:SHOWN])
    if count > SHOWN:
        yield f"  and {count - SHOWN:,} more\n"


def _numbers(frames: tuple[int, ...]) -> str:
    more = f" and {len(frames) - SHOWN:,} more" if len(frames) > SHOWN else ""
    return "frames " + ", ".join(map(str, frames[:SHOWN])) + more


def _line(each: Disagreement) -> str:
    ours, theirs = (", ".join(side) or "nothing" for side in (each.ours, each.theirs))
    return f"  frame {each.frame}: {each.field}: pcapcheck {ours}; tshark {theirs}  ({each.stack})\n"


def _json(opinion: Opinion) -> Iterator[str]:
    import json
    from dataclasses import asdict

    yield json.dumps(asdict(opinion), indent=2) + "\n"
