"""One rule file as it is written: its own parameters, paths and rules, before `extends`.

The document fits rules.schema.json already; a defect that a schema cannot express is an InputError at its
place. Files are opened by `rules`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pcapcheck.check.finding import Severity
from pcapcheck.check.matchers import Matcher, Value
from pcapcheck.check.parameter import Parameter, read_parameter
from pcapcheck.check.profile import Clue, DecodeAs
from pcapcheck.check.reference import Repository
from pcapcheck.check.rule import ASSERTIONS, EXCUSES, OUTCOMES, SIDES, WHERE, WHO, Rule, RuleTest
from pcapcheck.check.rulereader import read, read_value
from pcapcheck.documents.cursor import Cursor
from pcapcheck.documents.document import Document
from pcapcheck.documents.events import Place
from pcapcheck.errors import did_you_mean
from pcapcheck.topology.topology import Role

StepMarks: TypeAlias = tuple[str, tuple[str, ...]]  # a role, and its marks
MARKS: Final = (
    *("routed", "routers", "maybe-routed", "routed-twice", "maybe-routed-twice"),
    *("plain", "optional"),
)
ROLES: Final = tuple(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The content of one file; `detect` is None if the file has no `detect:`, so that it inherits one."""

    name: str
    title: str
    shared: bool
    extends: tuple[str, ...]
    drop: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    decode_as: tuple[DecodeAs, ...]
    detect: tuple[Clue, ...] | None
    traits: Mapping[str, Any]
    paths: Mapping[str, tuple[StepMarks, ...]]
    sources: Mapping[str, Repository]
    rules: tuple[Rule, ...]
    place: Place


def read_rule_file(document: Document) -> RuleFile:
    """Return the content of a document.

    Raises:
        InputError: a value is not what belongs there.
    """
    top = Cursor.top(document)
    return RuleFile(
        name=top.text("profile"),
        title=top.text("title"),
        shared=bool(top.get("shared", False)),
        extends=top.words("extends"),
        drop=top.words("drop"),
        parameters={name: read_parameter(name, part) for name, part in top.at("parameters").items()},
        decode_as=tuple(_decode_as(part) for part in top.at("decode_as").each()),
        detect=tuple(_clue(part) for part in top.at("detect").each()) if "detect" in top else None,
        traits=dict(top.get("traits") or {}),
        paths={name: tuple(_step(each) for each in part.each()) for name, part in top.at("paths").items()},
        sources={name: _source(part) for name, part in top.at("sources").items()},
        rules=tuple(read_rule(part) for part in top.at("rules").each()),
        place=top.at("profile").place,
    )


def read_rule(part: Cursor) -> Rule:
    """Return one entry of `rules`."""
    traffic = part.choices("traffic", (*WHO, *WHERE))
    rule = Rule(
        id=part.text("id"),
        title=part.text("title"),
        severity=Severity(part.choice("severity", tuple(Severity)) or Severity.ERROR),
        because=part.text("because"),
        fix=part.text("fix"),
        references=part.words("references"),
        place=part.place,
        at=part.choices("at", ROLES),
        side=part.choice("side", SIDES),
        form=part.words("form"),
        who=tuple(kind for kind in traffic if kind in WHO),
        where=tuple(kind for kind in traffic if kind in WHERE),
        unless=part.choice("unless", EXCUSES),
        given={name: _values(each) for name, each in part.at("given").items()},
        when=_matchers(part.at("when")),
        expect=_matchers(part.at("expect")),
        never=bool(part.get("never", False)),
        assertion=part.choice("assert", ASSERTIONS),
        diagnosis=part.get("diagnosis"),
        tests=tuple(_test(each) for each in part.at("tests").each()),
        formerly=part.words("formerly"),
    )
    _check_sense(rule, part)
    return rule


def _check_sense(rule: Rule, part: Cursor) -> None:
    judges = sum((bool(rule.expect), rule.never, rule.assertion is not None))
    if judges != 1:
        fix = "give exactly one of `expect:`, `never: true` and `assert:`"
        raise part.error(f"rule `{rule.id}` has {judges} of the keys `expect:`, `never:` and `assert:`", fix)
    if rule.never and not rule.when:
        raise part.error(f"rule `{rule.id}` forbids every packet", "say in `when:` which packets must not be")
    if not rule.at and rule.assertion is None:
        raise part.error(
            f"rule `{rule.id}` does not say at which hops it applies", "add `at:`, e.g. `at: uplink`"
        )


def _matchers(part: Cursor) -> dict[str, Matcher]:
    return {name: read(name, each.data, each) for name, each in part.items()}


def _values(part: Cursor) -> tuple[Value, ...]:
    entries = part.data if isinstance(part.data, list) else [part.data]
    return tuple(read_value(each) if isinstance(each, str) else int(each) for each in entries)


def _decode_as(part: Cursor) -> DecodeAs:
    tables = [key for key in part.data if key != "as"]
    return DecodeAs(tables[0], part.data[tables[0]], part.text("as"))


def _clue(part: Cursor) -> Clue:
    return Clue(
        part.choices("at", ROLES),
        _matchers(part.at("when")),
        float(part.get("weight", 1)),
        part.choices("traffic", WHERE),
        part.words("interface"),
        bool(part.get("some", False)),
    )


def _step(part: Cursor) -> StepMarks:
    if isinstance(part.data, str):
        role, marks = part.data, []
    else:
        role, found = next(iter(part.data.items()))
        marks = found if isinstance(found, list) else [found]
    for word, known in ((role, ROLES), *((mark, MARKS) for mark in marks)):
        if word not in known:
            fix = did_you_mean(str(word), known, "use one of " + ", ".join(known))
            raise part.error(f"`{word}` is not known in a path", fix)
    return role, tuple(marks)


def _source(part: Cursor) -> Repository:
    return Repository(part.text("repository"), part.text("version"), part.text("read_for"))


def _test(part: Cursor) -> RuleTest:
    outcome = part.choice("outcome", OUTCOMES) or "pass"
    change, given = (dict(part.get(key) or {}) for key in ("change", "given"))
    return RuleTest(part.text("capture"), outcome, change, part.choices("at", ROLES), given)
