"""The files of a folder of dumps: what was said on which host, and the objects of Kubernetes.

Takes a folder; recognises files by content, never by suffix: JSON of `ip -j` and `kubectl -o json`, one JSON
object per host with a key per command, YAML of Kubernetes, and plain text. What it cannot use becomes a note,
not an error.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pcapcheck.errors import InputError
from pcapcheck.topology.importing.host import Host
from pcapcheck.topology.importing.iptext import rows_of
from pcapcheck.yamlfile import parse

_LARGEST: Final = 64 << 20
_MOST_FILES: Final = 20_000
_COMMAND: Final = re.compile(r"(?:ip6?|bridge|wg|iptables|ip6tables|nft)[\s_-]")
# What collectors call their files, at the end of a name; the host is named by what is left.
_OF_A_COMMAND: Final = re.compile(
    r"[._ -]?\b(?:ip6?|bridge|wg|nft|kubectl|ip6?tables\w*|(?:ip6?)?(?:addr|link|route|rule|neigh|fdb|nat)\w*"
    r"|show|save|all|dump|json|text|txt|resources|table|get|[ajds46])$",
    re.IGNORECASE,
)
_OF_A_COLLECTOR: Final = frozenset(
    {"networking", "network", "cmd", "diagnostics", "nodes", "state", "sos_commands", "files", "logs"}
)
_CAPTURES: Final = (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"M<\xb2\xa1", b"\xa1\xb2<M", b"\n\r\r\n")


@dataclass(slots=True)
class Dumps:
    """All that a folder says."""

    hosts: dict[str, Host] = field(default_factory=dict)
    objects: list[Mapping[str, Any]] = field(default_factory=list)  # of Kubernetes: Node, Pod, Service …
    notes: list[str] = field(default_factory=list)

    def host(self, name: str) -> Host:
        """Return the host of this name, a new one if need be."""
        return self.hosts.setdefault(name, Host(name))


def read_dumps(folder: Path) -> Dumps:
    """Read every file below a folder.

    Raises:
        InputError: it is no folder, or nothing in it could be used.
    """
    if not folder.is_dir():
        raise InputError(str(folder), "is no folder", "give a folder with the dumps of nodes, or of kubectl")
    dumps = Dumps()
    for number, file in enumerate(sorted(each for each in folder.rglob("*") if each.is_file())):
        if number == _MOST_FILES:
            dumps.notes.append(f"has more than {_MOST_FILES:,} files; the rest was not read")
            break
        _read_file(dumps, file, file.relative_to(folder))
    if not dumps.hosts and not dumps.objects:
        fix = "store there what `ip -j -d addr` prints on each node"
        raise InputError(str(folder), "holds no dump that is known", fix)
    return dumps


def _read_file(dumps: Dumps, file: Path, name: Path) -> None:
    try:
        if file.stat().st_size > _LARGEST:
            dumps.notes.append(f"{name} is too large to be a dump")
            return
        content = file.read_bytes()
    except OSError as error:
        dumps.notes.append(f"{name} cannot be read: {error.strerror}")
        return
    if content.startswith(_CAPTURES):
        return
    text = content.decode("utf-8", errors="replace")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = _yaml(text) if name.suffix in (".yaml", ".yml") else None
    if data is None:
        _add_text(dumps, _host_of(name), text)
    else:
        _add_data(dumps, name, data)


def _add_data(dumps: Dumps, name: Path, data: Any) -> None:
    """Add a JSON or YAML value: rows of one command, commands of one host, or objects of Kubernetes."""
    if isinstance(data, list):
        _add_rows(dumps, _host_of(name), data)
    elif isinstance(data, Mapping) and any(_COMMAND.match(str(key)) for key in data):
        for command, output in data.items():
            if isinstance(output, str):
                _add_text(dumps, name.stem, output)
            elif isinstance(output, list) and "rule" not in str(command).split():
                _add_rows(dumps, name.stem, output)
    elif isinstance(data, Mapping):
        dumps.objects.extend(_objects(data))


def _add_rows(dumps: Dumps, host: str, rows: list[Any]) -> None:
    objects = [each for row in rows if isinstance(row, Mapping) for each in _objects(row)]
    dumps.objects.extend(objects)
    if not objects and rows:
        dumps.host(host).add(rows)


def _add_text(dumps: Dumps, host: str, text: str) -> None:
    rows = list(rows_of(text))
    if rows or "*nat" in text or re.search(r"^\S+\t\S+\t\S+\t\d+\t\S+$", text, re.MULTILINE):
        dumps.host(host).add(rows)
        dumps.host(host).add_text(text)


def _objects(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list of Kubernetes (List, PodList …), or the object itself."""
    kind = data.get("kind")
    if isinstance(data.get("items"), list) and (not isinstance(kind, str) or kind.endswith("List")):
        inner = str(kind or "").removesuffix("List")
        for each in data["items"]:
            if isinstance(each, Mapping):
                yield {"kind": inner, **each}
    elif isinstance(kind, str) and isinstance(data.get("metadata"), Mapping):
        yield data


def _yaml(text: str) -> Any:
    try:
        return parse(text).data
    except InputError:
        return None


def _host_of(name: Path) -> str:
    """Return the host of a command's file: what its name has besides the command, else its folder."""
    left = name.name
    while (shorter := _OF_A_COMMAND.sub("", left.replace("_", " "))) != left.replace("_", " "):
        left = left[: len(shorter)]
    if left:
        return left
    folders = [each for each in reversed(name.parent.parts) if each.lower() not in _OF_A_COLLECTOR]
    return folders[0] if folders else "node"
