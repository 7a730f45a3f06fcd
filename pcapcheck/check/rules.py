"""Finds profiles by name or file, and reads them with all that they extend.

A user's file is compared with rules.schema.json first; shipped files are compared by a test, so that starting
takes no time.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from pcapcheck.check.extend import extend
from pcapcheck.check.parameter import give
from pcapcheck.check.profile import Profile, with_values
from pcapcheck.check.rulefile import RuleFile, read_rule_file
from pcapcheck.check.rulereader import Where
from pcapcheck.documents.document import Document
from pcapcheck.documents.shipped import head, profile_names, profile_path, rules_directory
from pcapcheck.errors import InputError, did_you_mean

_ENDINGS: Final = (".yaml", ".yml")


class Option(str):
    """An option of the command line, as the place of an error."""

    __slots__ = ()

    def error(self, what: str, fix: str) -> InputError:
        """Return an error that names the option."""
        return InputError(self, what, fix)


def load_profile(name: str) -> Profile:
    """Return a shipped profile by its name, or a user's by the path of its file, with all that it extends.

    Raises:
        InputError: there is no such profile, or its file cannot be used.
    """
    if name.endswith(_ENDINGS) or "/" in name:
        return _load_file(name)
    _check_name(name, Option("--profile"))
    return _load_shipped(name)


def load_decoding(name: str) -> Profile:
    """Return a shipped profile without its rules: enough to decode, in a fraction of the time."""
    return extend(_line(_shipped(name, rules=False), rules=False))


def with_parameters(profile: Profile, parameters: Mapping[str, Any], where: Where) -> Profile:
    """Return the profile with the values that `--set` gives.

    Raises:
        InputError: the profile has no such parameter, or the value does not fit.
    """
    unknown = unknown_parameters(profile, parameters)
    if unknown:
        listed = "it has " + (", ".join(sorted(profile.parameters)) or "none")
        fix = did_you_mean(unknown[0], profile.parameters, listed)
        raise where.error(f"profile `{profile.name}` has no parameter `{unknown[0]}`", fix)
    return with_values(
        profile, [give(profile.parameters[name], data, where) for name, data in parameters.items()]
    )


def unknown_parameters(profile: Profile, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names that the profile lacks: a note if a topology has them, an error if `--set` has."""
    return tuple(name for name in parameters if name not in profile.parameters)


@cache
def _load_shipped(name: str) -> Profile:
    return extend(_line(_shipped(name)))


def lint_file(path: str) -> Iterator[InputError]:
    """Yield the mistakes in a rule file; if it cannot be read at all, that is the only one."""
    from pcapcheck.check.lint import lint  # imported only here, since it imports the decoder

    try:
        document, profile = _read_file(path)
    except InputError as mistake:
        yield mistake
        return
    yield from lint(document, profile, cause_ids())


@cache
def cause_ids() -> tuple[str, ...]:
    """Return the ids of the root causes that come with pcapcheck."""
    return tuple(sorted(path.stem for path in (rules_directory() / "diagnoses").glob("*.yaml")))


def _load_file(path: str) -> Profile:
    mistake = next(lint_file(path), None)
    if mistake:
        raise mistake
    return _read_file(path)[1]


def _read_file(path: str) -> tuple[Document, Profile]:
    document = Document.load(path)
    document.validate("rules")
    return document, extend(_line(read_rule_file(document)))


@cache
def _shipped(name: str, *, rules: bool = True) -> RuleFile:
    path = profile_path(name)
    return read_rule_file(Document.load(path) if rules else Document.parse(head(name), str(path)))


def _line(last: RuleFile, *, rules: bool = True) -> tuple[RuleFile, ...]:
    """Return a file and all that it extends, each once, and each before those that extend it."""
    line: dict[str, RuleFile] = {}
    _add(last, line, (), rules=rules)
    return tuple(line.values())


def _add(file: RuleFile, line: dict[str, RuleFile], above: tuple[str, ...], *, rules: bool) -> None:
    for name in file.extends:
        extended = _extended(name, file, rules=rules)
        if extended.name in (*above, file.name):
            what = f"`{file.name}` extends `{extended.name}`, which extends `{file.name}`"
            raise file.place.error(what, "remove one of the two from `extends:`")
        if extended.name not in line:
            _add(extended, line, (*above, file.name), rules=rules)
    line[file.name] = file


def _extended(name: str, by: RuleFile, *, rules: bool) -> RuleFile:
    """Return what a file extends: a shipped profile, or a file beside it."""
    if not name.endswith(_ENDINGS):
        _check_name(name, by.place)
        return _shipped(name, rules=rules)
    document = Document.load(Path(by.place.file).parent / name)
    document.validate("rules")
    return read_rule_file(document)


def _check_name(name: str, where: Where) -> None:
    names = profile_names()
    if name not in names:
        fix = did_you_mean(
            name, names, "`pcapcheck rules list` lists the profiles; a file's path must end in .yaml"
        )
        raise where.error(f"`{name}` is not a profile", fix)
