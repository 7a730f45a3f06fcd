"""References of rules: the repositories that rules were read in, and the web addresses of what they mean.

A reference that begins with the name of a source goes on with the path of a file, and perhaps what to look
for in it: `Cilium bpf/lib/encap.h: __encap_with_nodeid4`. A reference to an RFC may name a section. Anything
else is shown as it is written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_FILE: Final = re.compile(r"(?P<name>[^/:]*[^/: ]) (?P<path>[^ :]*/[^ :]*[^ :,])(?:: .*)?")
_RFC: Final = re.compile(r"RFC (?P<number>\d+)(?: section (?P<section>[\d.]+))?")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on GitHub, the version whose files the rules refer to, and the releases they hold for."""

    repository: str  # owner/name
    version: str  # a tag or a commit
    read_for: str  # 1.18

    def link(self, path: str) -> str:
        """Return the web address of a file."""
        return f"https://github.com/{self.repository}/blob/{self.version}/{path}"


def source_name(reference: str) -> str | None:
    """Return the name of the source that a reference begins with; None if it refers to no file of one."""
    parts = _FILE.fullmatch(reference)
    return parts["name"] if parts else None


def link_of(reference: str, sources: Mapping[str, Repository]) -> str | None:
    """Return the web address that a reference stands for; None if it has none."""
    if reference.startswith("https://"):
        return reference
    if parts := _RFC.fullmatch(reference):
        section = f"#section-{parts['section']}" if parts["section"] else ""
        return f"https://www.rfc-editor.org/rfc/rfc{parts['number']}{section}"
    parts = _FILE.fullmatch(reference)
    source = sources.get(parts["name"]) if parts else None
    return source.link(parts["path"]) if parts and source else None


def linked(references: Iterable[str], sources: Mapping[str, Repository]) -> Iterator[str]:
    """Yield each reference with its web address, where the text is not one already."""
    for each in references:
        link = link_of(each, sources)
        yield each if link in (None, each) else f"{each}  {link}"


def releases(references: Iterable[str], sources: Mapping[str, Repository]) -> tuple[str, ...]:
    """Return the releases that the referenced files were read for, `Cilium 1.14 to 1.18`, each once."""
    names = dict.fromkeys(filter(None, map(source_name, references)))
    return tuple(f"{name} {sources[name].read_for}" for name in names if name in sources)
