"""A rule file as it is written: one file's own parameters, paths and rules, before `extends`.

Takes a YAML document that fits rules.schema.json, gives a RuleFile; a defect that a schema cannot tell is an
InputError at its place. It does not open files (`rules`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pcapcheck.check.finding import Severity
from pcapcheck.check.matchers import Matcher, Value
from pcapcheck.check.parameter import Parameter, read_parameter
from pcapcheck.check.profile import Clue, DecodeAs
from pcapcheck.check.rule import ASSERTIONS, OUTCOMES, SIDES, WHERE, WHO, Rule, RuleTest
from pcapcheck.check.rulereader import read, read_value
from pcapcheck.check.spot import Spot
from pcapcheck.documents.document import Document
from pcapcheck.documents.events import Place
from pcapcheck.errors import did_you_mean
from pcapcheck.topology.topology import Role

Step: TypeAlias = tuple[str, tuple[str, ...]]  # a role, and its marks
MARKS: Final = ("routed", "routers", "maybe-routed", "plain", "optional")
ROLES: Final = tuple(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What one file says. `detect` is None where it says nothing, so that it inherits."""

    name: str
    title: str
    shared: bool
    extends: tuple[str, ...]
    drop: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    decode_as: tuple[DecodeAs, ...]
    detect: tuple[Clue, ...] | None
    traits: Mapping[str, Any]
    paths: Mapping[str, tuple[Step, ...]]
    rules: tuple[Rule, ...]
    place: Place


def read_rule_file(document: Document) -> RuleFile:
    """Return what a document says.

    Raises:
        InputError: a value is not what belongs there.
    """
    top = Spot(document, document.data)
    return RuleFile(
        name=top.text("profile"),
        title=top.text("title"),
        shared=bool(top.get("shared", False)),
        extends=top.words("extends"),
        drop=top.words("drop"),
        parameters={name: read_parameter(name, spot) for name, spot in top.at("parameters").items()},
        decode_as=tuple(_decode_as(spot) for spot in top.at("decode_as").each()),
        detect=tuple(_clue(spot) for spot in top.at("detect").each()) if "detect" in top else None,
        traits=dict(top.get("traits") or {}),
        paths={name: tuple(_step(each) for each in spot.each()) for name, spot in top.at("paths").items()},
        rules=tuple(read_rule(spot) for spot in top.at("rules").each()),
        place=top.at("profile").place,
    )


def read_rule(spot: Spot) -> Rule:
    """Return one entry of `rules`."""
    traffic = _known(spot, "traffic", (*WHO, *WHERE))
    rule = Rule(
        id=spot.text("id"),
        title=spot.text("title"),
        severity=Severity(_one(spot, "severity", tuple(Severity)) or Severity.ERROR),
        because=spot.text("because"),
        fix=spot.text("fix"),
        references=spot.words("references"),
        place=spot.place,
        at=_known(spot, "at", ROLES),
        side=_one(spot, "side", SIDES),
        form=spot.words("form"),
        who=tuple(kind for kind in traffic if kind in WHO),
        where=tuple(kind for kind in traffic if kind in WHERE),
        given={name: _values(each) for name, each in spot.at("given").items()},
        when=_matchers(spot.at("when")),
        expect=_matchers(spot.at("expect")),
        never=bool(spot.get("never", False)),
        assertion=_one(spot, "assert", ASSERTIONS),
        diagnosis=spot.get("diagnosis"),
        tests=tuple(_test(each) for each in spot.at("tests").each()),
    )
    _check_sense(rule, spot)
    return rule


def _check_sense(rule: Rule, spot: Spot) -> None:
    judges = sum((bool(rule.expect), rule.never, rule.assertion is not None))
    if judges != 1:
        fix = "give exactly one of `expect:`, `never: true` and `assert:`"
        raise spot.error(f"rule `{rule.id}` has {judges} ways to judge", fix)
    if rule.never and not rule.when:
        raise spot.error(f"rule `{rule.id}` forbids every packet", "say in `when:` which packets must not be")
    if not rule.at and rule.assertion is None:
        raise spot.error(
            f"rule `{rule.id}` does not say at which hops it applies", "add `at:`, e.g. `at: uplink`"
        )


def _matchers(spot: Spot) -> dict[str, Matcher]:
    return {name: read(name, each.data, each) for name, each in spot.items()}


def _known(spot: Spot, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    words = spot.words(key)
    wrong = next((word for word in words if word not in known), None)
    if wrong is not None:
        fix = did_you_mean(wrong, known, "use one of " + ", ".join(known))
        raise spot.at(key).error(f"`{wrong}` is not known under `{key}`", fix)
    return words


def _one(spot: Spot, key: str, known: tuple[str, ...]) -> str | None:
    words = _known(spot, key, known)
    if len(words) > 1:
        raise spot.at(key).error(f"`{key}` has several values", "give one")
    return words[0] if words else None


def _values(spot: Spot) -> tuple[Value, ...]:
    entries = spot.data if isinstance(spot.data, list) else [spot.data]
    return tuple(read_value(each) if isinstance(each, str) else int(each) for each in entries)


def _decode_as(spot: Spot) -> DecodeAs:
    tables = [key for key in spot.data if key != "as"]
    return DecodeAs(tables[0], spot.data[tables[0]], spot.text("as"))


def _clue(spot: Spot) -> Clue:
    return Clue(
        _known(spot, "at", ROLES),
        _matchers(spot.at("when")),
        float(spot.get("weight", 1)),
        _known(spot, "traffic", WHERE),
        spot.words("interface"),
        bool(spot.get("some", False)),
    )


def _step(spot: Spot) -> Step:
    if isinstance(spot.data, str):
        role, marks = spot.data, []
    else:
        role, found = next(iter(spot.data.items()))
        marks = found if isinstance(found, list) else [found]
    for word, known in ((role, ROLES), *((mark, MARKS) for mark in marks)):
        if word not in known:
            fix = did_you_mean(str(word), known, "use one of " + ", ".join(known))
            raise spot.error(f"`{word}` is not known in a path", fix)
    return role, tuple(marks)


def _test(spot: Spot) -> RuleTest:
    outcome = _one(spot, "outcome", OUTCOMES) or "pass"
    return RuleTest(spot.text("capture"), outcome, dict(spot.get("change") or {}), _known(spot, "at", ROLES))
