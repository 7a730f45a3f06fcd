"""rules: lists and shows the shipped profiles; lints and tests rule files; lists the names they may use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.report.console import say, warn

if TYPE_CHECKING:
    from pcapcheck.check.finding import Coverage
    from pcapcheck.check.parameter import Parameter
    from pcapcheck.check.profile import Profile
    from pcapcheck.check.rule import Rule
    from pcapcheck.correlate.paths import PathHop


@click.group()
def command() -> None:
    """List, show, lint and test rule files.

    \b
    Examples:
      pcapcheck rules list
      pcapcheck rules show flannel-vxlan
      pcapcheck rules lint rules/my-cni.yaml
    """


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also list the shared profiles, which others extend.")
def list_(everything: bool) -> None:
    """List the profiles that come with pcapcheck.

    \b
    Examples:
      pcapcheck rules list
      pcapcheck rules list --all
    """
    from pcapcheck.check.rules import load_profile
    from pcapcheck.documents.shipped import profile_names

    profiles = [load_profile(name) for name in profile_names()]
    shown = [each for each in profiles if everything or not each.shared]
    rows = [(each.name, str(len(each.rules)), each.title) for each in shown]
    _table(("profile", "rules", "title"), rows)


@command.command()
@click.argument("what", metavar="PROFILE|FILE|RULE")
def show(what: str) -> None:
    """Show a profile, or one rule in full.

    For a profile, these are its parameters, paths and rules.

    \b
    Examples:
      pcapcheck rules show flannel-vxlan
      pcapcheck rules show flannel-vxlan/vni
    """
    from pcapcheck.check.rules import load_profile

    if "/" in what and not what.endswith((".yaml", ".yml")):
        for line in _rule_lines(_find_rule(what), load_profile(what.partition("/")[0])):
            say(line)
        return
    for line in _profile_lines(load_profile(what)):
        say(line)


@command.command()
@click.argument("files", metavar="[FILE]…", nargs=-1)
def lint(files: tuple[str, ...]) -> int:
    """Report mistakes in rule files.

    Without FILE, the files that come with pcapcheck are checked.

    Exit status: 0 without mistakes, otherwise 2.

    \b
    Example:
      pcapcheck rules lint my-cni.yaml
    """
    from pcapcheck.check.rules import lint_file
    from pcapcheck.documents.shipped import rules_directory

    paths = files or tuple(str(path) for path in sorted(rules_directory().glob("*.yaml")))
    mistakes = [mistake for path in paths for mistake in lint_file(path)]
    for mistake in mistakes:
        warn(str(mistake), level="error")
    if not mistakes:
        say(f"{len(paths)} rule {'file is' if len(paths) == 1 else 'files are'} right")
    return 2 if mistakes else 0


@command.command()
@click.argument("what", metavar="[PROFILE|FILE|RULE]…", nargs=-1)
@click.option("-v", "--verbose", is_flag=True, help="Also show the tests that pass.")
def test(what: tuple[str, ...], verbose: bool) -> int:
    """Run the tests of rules on their samples.

    Without arguments, the rules of all profiles are tested.

    Exit status: 0 if all tests have the expected outcome, otherwise 1.

    \b
    Examples:
      pcapcheck rules test my-cni.yaml -v
      pcapcheck rules test flannel-vxlan/vni
    """
    from pcapcheck.documents.shipped import profile_names
    from pcapcheck.run.ruletests import run_tests

    counts = dict.fromkeys(("passed", "failed", "without sample"), 0)
    for name, rule_ids in _chosen(what or profile_names()).items():
        for result, text in run_tests(name, rule_ids, check_folder):
            counts[result] += 1
            if verbose or result == "failed":
                say(text)
    say(", ".join(f"{count} {word}" for word, count in counts.items()))
    return 1 if counts["failed"] else 0


@command.command()
@click.argument("words", metavar="[WORD]…", nargs=-1)
def fields(words: tuple[str, ...]) -> None:
    """List the fields that rules can use.

    With WORD, only those that contain it.

    \b
    Example:
      pcapcheck rules fields vxlan
    """
    from pcapcheck.decode.columns import field_names

    known = {**field_names(), "form": "text", "stack": "pattern"}
    rows = [(name, kind) for name, kind in sorted(known.items()) if all(word in name for word in words)]
    if not rows:
        fix = did_you_mean(words[0], known, "leave the word out to see all")
        raise InputError("rules fields", f"no field contains `{' '.join(words)}`", fix)
    _table(("field", "kind"), rows)


def check_folder(
    folder: Path, profile_name: str | None, parameters: Mapping[str, object]
) -> tuple[frozenset[str], Coverage]:
    """Check a folder of captures against one profile; None: the one that its topology names."""
    from pcapcheck.api import check

    result = check(str(folder), profile=profile_name, parameters=dict(parameters))
    return frozenset(finding.rule for finding in result.findings), result.coverage


def _chosen(what: Iterable[str]) -> dict[str, list[str]]:
    """Return rule ids by profile name or file; an empty list stands for all of the profile's own."""
    chosen: dict[str, list[str]] = {}
    for word in what:
        is_rule = "/" in word and not word.endswith((".yaml", ".yml"))
        name = word.partition("/")[0] if is_rule else word
        chosen.setdefault(name, []).extend([_find_rule(word).id] if is_rule else [])
    return chosen


def _find_rule(rule_id: str) -> Rule:
    from pcapcheck.check.rule import by_name
    from pcapcheck.check.rules import load_profile

    profile = load_profile(rule_id.partition("/")[0])
    rules = by_name(profile.rules)
    if rule_id not in rules:
        fix = did_you_mean(rule_id, rules, f"`pcapcheck rules show {profile.name}` lists its rules")
        raise InputError("rules", f"`{rule_id}` is not a rule of `{profile.name}`", fix)
    return rules[rule_id]


def _profile_lines(profile: Profile) -> Iterator[str]:
    yield f"{profile.name}: {profile.title}"
    if profile.extends:
        yield f"extends {', '.join(profile.extends)}"
    yield from _section("parameters", {each.name: _about(each) for each in profile.parameters.values()})
    yield from _section("paths", {name: " > ".join(map(_hop, path)) for name, path in profile.paths.items()})
    yield from _section("rules", {rule.id: f"{rule.title} ({rule.severity})" for rule in profile.rules})


def _section(title: str, entries: Mapping[str, str]) -> Iterator[str]:
    width = max(map(len, entries), default=0)
    lines = [f"  {name:{width}}  {text}" for name, text in entries.items()]
    yield from [f"\n{title}", *lines] if entries else []


def _about(parameter: Parameter) -> str:
    return f"{parameter.written or 'no value'} ({parameter.type}) {parameter.about}".rstrip()


def _hop(hop: PathHop) -> str:
    form = "" if hop.form == "plain" else f" as {hop.form}"
    fewest, most = hop.routed
    less = str(fewest) if fewest == most else f"{fewest}.." if most is None else f"{fewest}..{most}"
    return f"{hop.role}{form}" + ("" if less == "0" else f" (TTL less {less})")


def _rule_lines(rule: Rule, profile: Profile) -> Iterator[str]:
    from pcapcheck.check.reference import linked, releases

    yield f"{rule.id} ({rule.severity}): {rule.title}"
    yield f"\nbecause: {rule.because}"
    yield f"fix: {rule.fix}"
    if rule.diagnosis:
        yield f"diagnosis: {rule.diagnosis}"
    yield "references:"
    yield from (f"  {each}" for each in linked(rule.references, profile.sources))
    if read_for := releases(rule.references, profile.sources):
        yield f"read for: {', '.join(read_for)}"
    if rule.formerly:
        yield f"formerly: {', '.join(rule.formerly)}"
    yield f"defined at {rule.place}"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in (titles, *rows)) for column in range(len(titles))]
    for row in (titles, *rows):
        say("  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip())
