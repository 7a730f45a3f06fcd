"""`pcapcheck explain`: explains a rule or a diagnosis.

It says what happens and why, how to confirm and fix it, and where to read on.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import click

from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.report.console import say

if TYPE_CHECKING:
    from pcapcheck.check.rule import Rule
    from pcapcheck.diagnose.cause import Cause

WIDTH = 88
PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
# Placeholders whose names mean nothing to a reader.
READABLE: Final = {
    "answered": "REPLY_FORM",
    "asked": "REQUEST_FORM",
    "cut": "WHICH_PACKETS",
    "says": "DETAILS",
    "seen_at": "INTERFACE",
    "threshold": "SIZE",
    "what": "CHECKSUM",
}


@click.command()
@click.argument("name", metavar="ID")
@click.option("--rules", "files", multiple=True, metavar="FILE", help="Also look in this rule file.")
def command(name: str, files: tuple[str, ...]) -> None:
    """Explain a rule or a diagnosis that a report names.

    Words in capitals, such as NODE, stand for values that a report fills in.

    \b
    Examples:
      pcapcheck explain vni-mismatch
      pcapcheck explain flannel-vxlan/outer-udp-port
    """
    from pcapcheck.diagnose.cause import load_causes

    causes = {each.id: each for each in load_causes()}
    rules = _rules(files)
    if name in causes:
        say("\n".join(_cause(causes[name])))
    elif name in rules:
        say("\n".join(_rule(rules[name])))
    else:
        fix = did_you_mean(
            name, [*causes, *rules], "`pcapcheck rules list` names the profiles, `rules show` their rules"
        )
        raise InputError(name, "is neither a rule nor a diagnosis", fix)


def _rules(files: Sequence[str]) -> dict[str, "Rule"]:
    """Return the rules of all shipped profiles and of some files, by id."""
    from pcapcheck.check.rule import by_name
    from pcapcheck.check.rules import load_profile
    from pcapcheck.documents.shipped import profile_names

    profiles = [load_profile(each) for each in (*profile_names(), *files)]
    return by_name(rule for profile in profiles for rule in profile.rules)


def _cause(cause: "Cause") -> Iterator[str]:
    """Yield the lines about a diagnosis."""
    yield from _head(cause.id, "diagnosis", cause.title)
    yield from _paragraph("What happens", cause.explanation)
    yield from _listed("How to confirm it", [_readable(line) for line in cause.confirm])
    yield from _paragraph("How to fix it", cause.fix)
    yield from _listed("Evidence that it needs", [" or ".join(need.evidences) for need in cause.needs])
    yield from _listed("Read on", cause.references)


def _rule(rule: "Rule") -> Iterator[str]:
    """Yield the lines about a rule."""
    yield from _head(rule.id, f"rule, {rule.severity}", rule.title)
    yield from _paragraph("Why", rule.because)
    where = [f"at: {', '.join(rule.at)}"] if rule.at else []
    where += [f"side: {rule.side}"] if rule.side else []
    where += [f"traffic: {', '.join((*rule.who, *rule.where))}"] if rule.who or rule.where else []
    where += [f"form: {', '.join(rule.form)}"] if rule.form else []
    yield from _listed("Where it applies", where)
    yield from _paragraph("How to fix it", rule.fix)
    yield from _listed("Diagnosis", [f"pcapcheck explain {rule.diagnosis}"] if rule.diagnosis else [])
    yield from _listed("Read on", rule.references)
    yield from _listed("Written in", [str(rule.place)])


def _head(name: str, kind: str, title: str) -> Iterator[str]:
    yield f"{name} ({kind})"
    yield f"  {_readable(title)}"


def _paragraph(title: str, text: str) -> Iterator[str]:
    import textwrap

    if text:
        yield ""
        yield f"{title}:"
        yield from textwrap.wrap(
            " ".join(_readable(text).split()), WIDTH, initial_indent="  ", subsequent_indent="  "
        )


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"{title}:"
        yield from (f"  {line}" for line in lines)


def _readable(text: str) -> str:
    """Return a text with its placeholders as words in capitals, as commands write them: NODE for {node}."""
    return PLACEHOLDER.sub(lambda found: READABLE.get(found[1], found[1].upper()), text)
