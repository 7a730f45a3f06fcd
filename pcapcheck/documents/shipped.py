"""The rule files that come with pcapcheck: where they lie, and single parts of them, read fast.

They lie in the package (`pcapcheck/rules`, from the wheel), or beside it in a checkout. A part that stands
before a file's rules is read without parsing the rest: the rules are nine tenths of a file, and what all
files say of interfaces is needed before any profile is loaded.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from pcapcheck.documents.document import Document
from pcapcheck.documents.events import Data

_PACKAGE: Final = Path(__file__).parents[1]
_RULES: Final = "\nrules:\n"  # the last part of each shipped file, and by far the largest


@cache
def rules_directory() -> Path:
    """Return where the shipped rule files lie."""
    inside = _PACKAGE / "rules"
    return inside if inside.is_dir() else _PACKAGE.parent / "rules"


@cache
def profile_names() -> tuple[str, ...]:
    """Return the names of the shipped profiles, in alphabetical order; shared ones are among them."""
    return tuple(sorted(path.stem for path in rules_directory().glob("*.yaml")))


def profile_path(name: str) -> Path:
    """Return the file of a shipped profile."""
    return rules_directory() / f"{name}.yaml"


def head(name: str) -> str:
    """Return the text of a shipped rule file up to its rules."""
    return profile_path(name).read_text(encoding="utf-8").partition(_RULES)[0]


def parts(key: str) -> Iterator[tuple[str, Data]]:
    """Yield the name of each shipped profile that has a key, and the value of the key."""
    section = re.compile(rf"^{key}:.*\n?(?:[ #-].*\n?|\n)*", re.MULTILINE)
    for name in profile_names():
        text = head(name)
        if f"\n{key}:" in text and (found := section.search(text)):
            yield name, Document.parse(found[0], str(profile_path(name))).data[key]
