"""Mistakes in a rule file that its schema cannot express: unknown names, and ids that are used twice.

The document fits the schema already; every mistake is given with its place. No file is opened here.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from pcapcheck.check.profile import Profile
from pcapcheck.check.reference import source_name
from pcapcheck.check.rulereader import read
from pcapcheck.check.words import Wrong, check_field, check_matcher, check_variable
from pcapcheck.decode.registry import ALIASES, dissector_table, protocols
from pcapcheck.documents.cursor import Cursor
from pcapcheck.documents.document import Document
from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.topology.devices import DEVICE_KINDS
from pcapcheck.topology.interfacenames import UNIQUE

_TRAITS_WITH_PARAMETERS: Final = ("tunnel_port", "gateway_mac", "masquerade")


def lint(document: Document, profile: Profile, causes: Collection[str]) -> Iterator[InputError]:
    """Yield what is wrong with a rule file.

    Args:
        document: it fits rules.schema.json.
        profile: what the document makes, with all that it extends.
        causes: ids of root causes.
    """
    top = Cursor.top(document)
    yield from _check_decode_as(top, profile)
    yield from _check_interfaces(document, profile)
    for clue in top.at("detect").each():
        yield from _check_matchers(clue.at("when"), profile)
    yield from _check_traits(top.at("traits"), profile)
    yield from _check_drop(top, profile)
    seen: set[str] = set()
    for rule in top.at("rules").each():
        yield from _check_rule(rule, profile, causes, seen)


def _check_interfaces(document: Document, profile: Profile) -> Iterator[InputError]:
    """Yield what is wrong with the names of interfaces: the expression, the names of its groups, the kind."""
    for number, entry in enumerate(document.data.get("interfaces", ())):
        place, kind = document.place("interfaces", number, "name"), entry.get("kind", "")
        try:
            groups = re.compile(entry["name"]).groupindex
        except re.error as error:
            yield place.error(f"is not a regular expression: {error}", "write it as Python's `re` does")
            continue
        for group in sorted(groups.keys() - {UNIQUE, *profile.parameters}):
            fix = did_you_mean(group, profile.parameters, f"call it `{UNIQUE}`, or write `(?:…)`")
            yield place.error(f"the group `{group}` is called like no parameter", fix)
        if kind and kind not in DEVICE_KINDS:
            fix = did_you_mean(kind, DEVICE_KINDS, "the kinds are " + ", ".join(sorted(DEVICE_KINDS)))
            yield document.place("interfaces", number, "kind").error(f"`{kind}` is no kind of device", fix)


def _check_rule(
    rule: Cursor, profile: Profile, causes: Collection[str], seen: set[str]
) -> Iterator[InputError]:
    name, cause = rule.text("id"), rule.get("diagnosis")
    if name in seen:
        yield rule.at("id").error(f"`{name}` is here twice", "give each rule an id of its own")
    seen.add(name)
    if name.partition("/")[0] != profile.name and name not in _inherited(profile):
        fix = f"write `{profile.name}/{name.partition('/')[2]}`"
        yield rule.at("id").error(f"`{name}` does not begin with the profile's name", fix)
    if cause is not None and cause not in causes:
        fix = did_you_mean(str(cause), causes, "`pcapcheck explain` lists the causes")
        yield rule.at("diagnosis").error(f"`{cause}` is not a root cause", fix)
    yield from _check_references(rule, profile)
    for parameter, part in rule.at("given").items():
        yield from _complain(part, check_variable(parameter, profile.parameters))
    yield from _check_matchers(rule.at("when"), profile)
    yield from _check_matchers(rule.at("expect"), profile)
    for test in rule.at("tests").each():
        for field, part in test.at("change").items():
            yield from _complain(part, check_field(field))


def _check_references(rule: Cursor, profile: Profile) -> Iterator[InputError]:
    """Yield what is wrong with the files that a rule refers to, and with its former ids."""
    for each in rule.at("references").each():
        name = source_name(str(each.data))
        if name is not None and name not in profile.sources:
            known = "`sources:` has " + (", ".join(profile.sources) or "none")
            yield each.error(f"`{name}` is not a source", did_you_mean(name, profile.sources, known))
    ids = {other.id for other in profile.rules}
    for each in rule.at("formerly").each():
        if each.data in ids:
            yield each.error(f"`{each.data}` is the id of a rule", "give an id that no rule has any more")


def _inherited(profile: Profile) -> frozenset[str]:
    """Return ids of inherited rules, which the file may replace."""
    return frozenset(rule.id for rule in profile.rules if rule.id.partition("/")[0] in profile.extends)


def _check_matchers(matchers: Cursor, profile: Profile) -> Iterator[InputError]:
    for field, part in matchers.items():
        wrong = check_field(field)
        if wrong:
            yield part.key_error(*wrong)
        else:
            yield from _complain(part, check_matcher(field, read(field, part.data, part), profile.parameters))


def _check_decode_as(top: Cursor, profile: Profile) -> Iterator[InputError]:
    tables = tuple(dissector_table().tables)
    known = [*(each.name for each in protocols()), *ALIASES]
    for entry in top.at("decode_as").each():
        protocol = entry.text("as")
        if protocol not in known:
            fix = did_you_mean(protocol, known, f"the protocols are {', '.join(sorted(known))}")
            yield entry.at("as").error(f"`{protocol}` is not a protocol that pcapcheck can decode", fix)
        for table, value in entry.items():
            if table != "as" and table not in tables:
                fix = did_you_mean(table, tables, f"the tables are {', '.join(sorted(tables))}")
                yield value.key_error(f"`{table}` is not a dissector table", fix)
            yield from _check_parameter(value, profile)


def _check_traits(traits: Cursor, profile: Profile) -> Iterator[InputError]:
    for name, part in traits.items():
        if name in _TRAITS_WITH_PARAMETERS:
            yield from _check_parameter(part, profile)


def _check_parameter(part: Cursor, profile: Profile) -> Iterator[InputError]:
    if isinstance(part.data, str) and part.data.startswith("$"):
        yield from _complain(part, check_variable(part.data[1:], profile.parameters))


def _check_drop(top: Cursor, profile: Profile) -> Iterator[InputError]:
    for dropped in top.at("drop").each():
        if str(dropped.data).partition("/")[0] not in profile.extends:
            what = f"`{dropped.data}` is not a rule of any profile that this one extends"
            yield dropped.error(
                what, "drop rules of what it extends: " + (", ".join(profile.extends) or "nothing")
            )


def _complain(part: Cursor, wrong: Wrong | None) -> Iterator[InputError]:
    if wrong:
        yield part.error(*wrong)
