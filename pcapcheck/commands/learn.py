"""learn: a rule file from captures of a network that works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pcapcheck.errors import InputError
from pcapcheck.options import Request, request_options, run_option
from pcapcheck.report.console import check_writable, progress, warn, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pcapcheck.check.parameter import Parameter
    from pcapcheck.compare.side import Side


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
@request_options
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
@click.option("--name", metavar="NAME", help="Name of the profile.  [FILE's, else learnt]")
@run_option("ignore", help="Rules of the profile that do not apply to this network.")
@click.option(
    "--packets",
    metavar="N",
    type=click.IntRange(1),
    default=4,
    show_default=True,
    help="Number of packets that must agree.",
)
def command(request: Request, output: str | None, name: str | None, packets: int) -> int:
    """Write the rules that a working network satisfies.

    The rules state what the packets have in common at each hop.

    The file extends the profile that fits the captures, with the parameters found in them. Each rule states
    how many packets of how many flows it was learned from; review the rules and remove those that hold by
    chance. MACs and addresses are written as topology variables where possible, so that the file also fits
    other runs.

    \b
    Examples:
      pcapcheck learn captures/good/ -o my-cluster.yaml
      pcapcheck rules lint my-cluster.yaml
      pcapcheck check captures/new/ --profile my-cluster.yaml
    """
    from pathlib import Path

    from pcapcheck.learn.lessons import lessons
    from pcapcheck.learn.rulewriter import rule_file
    from pcapcheck.run.check import look_at

    if output is not None:
        check_writable(output)
    inputs, topology = request.find()
    settings = request.settings(topology)
    with progress() as tell:
        side = look_at(inputs, topology, settings, None, tell)
    _check_good(side)
    learnt = [each for each in lessons(side) if each.packets >= packets]
    chosen = name or (Path(output).stem if output else "learnt")
    seen = side.summary
    said = f"Learnt from {seen.packets:,} packets of {seen.flows:,} flows in {seen.captures:,} captures."
    text = rule_file(
        _named(chosen),
        learnt,
        side.profile,
        shipped=_shipped(side),
        drop=_dropped(side, settings.rules.ignore),
        remarks=(said,),
    )
    write([text], output)
    warn(f"{len(learnt)} rules were learnt", level="note")
    return 0


def _check_good(side: Side) -> None:
    """Refuse to learn from a network that is broken, or that no profile describes."""
    from pcapcheck.report.report import Verdict

    report = side.report
    if not report.profiles:
        fix = "name the one to build on with --profile; `pcapcheck rules list` shows them"
        raise InputError("learn", "no profile fits these captures, so the paths of packets are unknown", fix)
    if report.verdict == Verdict.VIOLATIONS:
        broken = [
            *(each.id for each in report.diagnoses if not each.information),
            *(each.rule for each in report.findings),
        ]
        what = f"these captures break rules of {report.profiles[0].name}: {', '.join(dict.fromkeys(broken))}"
        raise InputError(
            "learn", what, "see `pcapcheck check`; --ignore ID leaves out a rule that need not hold"
        )


def _named(name: str) -> str:
    """Return the name as profiles may be called."""
    import re

    made = re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip("-.")
    if not made:
        raise InputError(f"--name {name}", "it has no letter and no digit", "name it like my-cluster")
    return made


def _shipped(side: Side) -> Mapping[str, Parameter]:
    """Return the parameters of the profile as its file has them."""
    from pcapcheck.check.rules import load_profile

    return load_profile(side.report.profiles[0].name).parameters


def _dropped(side: Side, ignore: tuple[str, ...]) -> list[str]:
    """Return the rules of the profile that were ignored."""
    from fnmatch import fnmatchcase

    from pcapcheck.check.rules import load_profile

    rules = load_profile(side.report.profiles[0].name).rules
    return [each.id for each in rules if any(fnmatchcase(each.id, pattern) for pattern in ignore)]
