"""The files of a folder of dumps: what each host said, and the objects of Kubernetes.

Takes a folder or files, and recognises them by content and not by suffix: JSON of `ip -j` and `kubectl -o
json`, one JSON object per host with a key per command, YAML of Kubernetes, and plain text. What it cannot
use becomes a note, not an error.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, Final

from pcapcheck.capture.inputs import Beside, find_files
from pcapcheck.documents.document import Document
from pcapcheck.dumps.host import Host
from pcapcheck.dumps.hostname import HostNames
from pcapcheck.dumps.iptext import rows_of, rows_of_ifconfig
from pcapcheck.dumps.tables import objects_of
from pcapcheck.errors import InputError

_LARGEST: Final = 64 << 20
_MOST_FILES: Final = 20_000
_COMMAND: Final = re.compile(r"(?:ip6?|bridge|wg|iptables|ip6tables|nft)[\s_-]")
_CAPTURES: Final = (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"M<\xb2\xa1", b"\xa1\xb2<M", b"\n\r\r\n")


@dataclass(slots=True)
class Dumps:
    """All that a folder of dumps says."""

    hosts: dict[str, Host] = field(default_factory=dict)
    objects: list[Mapping[str, Any]] = field(default_factory=list)  # of Kubernetes: Node, Pod, Service …
    notes: list[str] = field(default_factory=list)
    names: HostNames = field(default_factory=HostNames)

    def host(self, name: str) -> Host:
        """Return the host of this name, a new one if there is none."""
        return self.hosts.setdefault(name, Host(name))


def read_dumps(folder: Path) -> Dumps:
    """Read every file in a folder or an archive.

    Raises:
        InputError: there is no such folder, or nothing in it could be used.
    """
    if not folder.exists():
        raise InputError(
            str(folder), "is not a folder", "give a folder with the dumps of nodes, or of kubectl"
        )
    found = find_files(str(folder))
    dumps = read_files(found.others)
    dumps.notes += found.notes
    if not dumps.hosts and not dumps.objects:
        fix = "store there what `ip -j -d addr` prints on each node"
        raise InputError(str(folder), "contains no recognised dump", fix)
    return dumps


def read_files(files: Iterable[Beside]) -> Dumps:
    """Read files, each of which may be a dump."""
    dumps = Dumps()
    texts: list[tuple[PurePath, str]] = []
    for number, file in enumerate(files):
        if number == _MOST_FILES:
            dumps.notes.append(f"has more than {_MOST_FILES:,} files; the rest was not read")
            break
        text = _text(dumps, Path(file.path), file.name)
        if text and not dumps.names.learn(PurePath(file.name), text):
            texts.append((PurePath(file.name), text))
    for name, text in texts:
        _add(dumps, name, text)
    return dumps


def _text(dumps: Dumps, file: Path, name: str) -> str:
    """Return the text of a file, empty if it is no dump."""
    try:
        if file.stat().st_size > _LARGEST:
            dumps.notes.append(f"{name} is too large to be a dump")
            return ""
        content = file.read_bytes()
    except OSError as error:
        dumps.notes.append(f"{name} cannot be read: {error.strerror}")
        return ""
    return "" if content.startswith(_CAPTURES) else content.decode("utf-8", errors="replace")


def _add(dumps: Dumps, name: PurePath, text: str) -> None:
    """Add what a file says."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = _yaml(text) if _is_yaml(name, text) else None
    if isinstance(data, list | Mapping):
        _add_data(dumps, name, data)
    else:
        _add_text(dumps, dumps.names.of(name), text)


def _add_data(dumps: Dumps, name: PurePath, data: Any) -> None:
    """Add a JSON or YAML value: rows of one command, commands of one host, or objects of Kubernetes."""
    if isinstance(data, list):
        _add_rows(dumps, dumps.names.of(name), data)
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
    """Add the output of commands, which may be JSON in single lines, or tables of kubectl."""
    dumps.objects.extend(objects_of(text))
    rows = [*rows_of(text), *rows_of_ifconfig(text), *_rows_in_lines(text)]
    if rows or "*nat" in text or re.search(r"^\S+\t\S+\t\S+\t\d+\t\S+$", text, re.MULTILINE):
        dumps.host(host).add(rows)
        dumps.host(host).add_text(text)


def _rows_in_lines(text: str) -> Iterator[Any]:
    """Yield the rows of lines that are JSON, as Retina stores `ip -j` among headings."""
    for line in text.splitlines() if "[{" in text else ():
        if line.startswith("[{"):
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                continue
            yield from found


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


def _is_yaml(name: PurePath, text: str) -> bool:
    """Whether a text is YAML: by its name, or because it begins as Kubernetes writes it."""
    return name.suffix in (".yaml", ".yml") or text.startswith(("apiVersion:", "items:\n", "kind:"))


def _yaml(text: str) -> Any:
    try:
        return Document.parse(text).data
    except InputError:
        return None
