"""Lessons -> the text of a rule file, which extends the profile that fits the captures."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from pcapcheck.check.parameter import Parameter
from pcapcheck.check.profile import Profile
from pcapcheck.learn.lessons import Lesson

MIN_FLOWS_FOR_ERROR: Final = 2  # with fewer, the rule is a warning
LESSON_FIX: Final = (
    "See what changed since the good captures (`pcapcheck diff`); if the change is intended, learn again."
)
# YAML reads text like this as a string without quotes, unless it is one of the keywords below.
_UNQUOTED: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*(?<!:)")
_YAML_KEYWORDS: Final = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


def rule_file(
    name: str,
    lessons: Sequence[Lesson],
    base: Profile,
    *,
    shipped: Mapping[str, Parameter],
    drop: Sequence[str] = (),
    remarks: Iterable[str] = (),
) -> str:
    """Return the text of a rule file.

    Args:
        name: the name of the new profile.
        lessons: what was learnt.
        base: the profile that it extends, with its parameters as they apply to the captures.
        shipped: the same parameters with their defaults.
        drop: ids of rules of the base that it drops.
        remarks: comment lines on top.
    """
    return (
        "\n".join(
            (*(f"# {line}" for line in remarks), *_head(name, base, shipped, drop), *_rules(name, lessons))
        )
        + "\n"
    )


def _head(name: str, base: Profile, shipped: Mapping[str, Parameter], drop: Sequence[str]) -> Iterator[str]:
    yield f"profile: {name}"
    yield f"title: {_scalar(f'Learnt from captures of {base.title}')}"
    yield f"extends: [{base.name}]"
    if drop:
        yield f"drop: [{', '.join(drop)}]"
    changed = [each for each in base.parameters.values() if each.values != shipped[each.name].values]
    if changed:
        yield "parameters:"
    for each in changed:
        yield f"  {each.name}: {{{', '.join(f'{key}: {value}' for key, value in _parameter(each))}}}"
    yield "rules:"


def _parameter(each: Parameter) -> Iterator[tuple[str, str]]:
    """Yield the keys and values of a parameter's definition."""
    yield "type", each.type
    for key, bound in (("minimum", each.minimum), ("maximum", each.maximum)):
        if bound is not None:
            yield key, str(bound)
    if each.choices:
        yield "choices", _list(each.choices)
    if each.many:
        yield "many", "true"
    written = each.written.split(", ")
    if each.values:
        yield "default", _list(written) if len(written) > 1 else _scalar(written[0])
    if each.about:
        yield "about", _scalar(each.about)


def _rules(name: str, lessons: Sequence[Lesson]) -> Iterator[str]:
    taken: set[str] = set()
    for lesson in lessons:
        yield from _rule(f"{name}/{_free(_slug(lesson), taken)}", lesson)


def _rule(id_: str, lesson: Lesson) -> Iterator[str]:
    expected = _one_or_list(lesson.expected)
    flows, packets = _counted(lesson.flows, "flow"), _counted(lesson.packets, "packet")
    yield f"  - id: {id_}"
    yield f"    title: {_scalar(_title(lesson))}"
    yield f"    at: {_one_or_list(lesson.at)}"
    for key, word in (("side", lesson.side), ("form", lesson.form)):
        if word:
            yield f"    {key}: {word}"
    yield f"    traffic: {_list((*lesson.who, *lesson.where))}"
    if lesson.when:
        yield f"    when: {{stack: {_scalar(lesson.when)}}}"
    yield f"    expect: {{{lesson.field}: {expected}}}"
    yield f"    severity: {'error' if lesson.flows >= MIN_FLOWS_FOR_ERROR else 'warning'}"
    yield f"    because: {_scalar(f'All {packets} of {flows} in the good captures had it.')}"
    yield f"    fix: {_scalar(LESSON_FIX)}"
    yield "    references: [pcapcheck learn]"


def _title(lesson: Lesson) -> str:
    hop = " and ".join(lesson.at) + (f" of the {lesson.side}" if lesson.side else "")
    form = f" in {lesson.form}" if lesson.form not in ("", "plain") else ""
    return f"{lesson.field} is {' or '.join(lesson.expected)} at {hop}{form}"


def _slug(lesson: Lesson) -> str:
    words = (*lesson.at, lesson.side, *lesson.who, *lesson.where, lesson.field.replace(".", "-"))
    return "-".join(word for word in words if word)


def _free(slug: str, taken: set[str]) -> str:
    free, number = slug, 1
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    taken.add(free)
    return free


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'s' if count != 1 else ''}"


def _one_or_list(texts: Sequence[str]) -> str:
    return _scalar(texts[0]) if len(texts) == 1 else _list(texts)


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_scalar, texts))}]"


def _scalar(text: str) -> str:
    """Return text as a YAML scalar, with quotes where they are needed; numbers and variables have none."""
    if text.isdecimal() or re.fullmatch(r"\$[a-z0-9_.]+", text):
        return text
    plain = _UNQUOTED.fullmatch(text) and text.lower() not in _YAML_KEYWORDS
    return text if plain else json.dumps(text)
