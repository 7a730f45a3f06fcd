"""The name of the host that a dump is from.

Takes paths relative to the folder that was given. A collector's file `hostname` names the host of all files
beside and below it. Otherwise the file's name contains the host beside the command, or a folder is named
after it.
"""

import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import Final

# What collectors call the files of commands, at the end of a name; the host is named by what is left.
_OF_A_COMMAND: Final = re.compile(
    r"(?:[._ -]?\b(?:(?:ipv?[46]?|bridge)(?:[ -]{1,2}[a-z46])*|wg|nft|kubectl|ip6?tables\w*|ifconfig"
    r"|(?:ip6?|ipv[46])?(?:addr|link|route|rule|neigh|fdb|nat|tables)\w*|show|save|all|dump|json|text|txt|md|resources|rules|table"
    r"|get)| -[a-z46])$",
    re.IGNORECASE,
)
_OF_A_COLLECTOR: Final = frozenset(
    {"networking", "network", "cmd", "diagnostics", "nodes", "state", "sos_commands", "files", "logs"}
    | {"etc", "system", "host", "kubectl", "k3s", "rke2"}
)
_ARCHIVE: Final = re.compile(r"\.(?:tar|tgz|zip)(?:\.\w+)?$", re.IGNORECASE)
_DATE: Final = re.compile(r"[-_.](?:\d{4}-\d\d-\d\d|\d{8,14}|\d{8}[-_T]\d{6})(?!\d)(UTC)?.*$")
_OF_A_TOOL: Final = re.compile(r"^(?:sosreport[-_]|agent_|diags[-_]|eks_|[\w-]*bugtool-)")
_HOSTNAME: Final = re.compile(r"hostname(?:\.\w+)?")
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,252}")
# What installers and clouds call nodes, from the beginning of the name on.
_NODE: Final = re.compile(
    r"(?:k?node|worker|master|control-?plane|server|agent|host|minion)[-_]?\w*(?:[-.].*)?"
    r"|ip-\d+-\d+-\d+-\d+(?:[-.].*)?|(?:gke|aks)-.*",
    re.IGNORECASE,
)


class HostNames:
    """Names the hosts of the dumps of one folder."""

    def __init__(self) -> None:
        self._below: dict[PurePath, str] = {}

    def learn(self, path: PurePath, text: str) -> bool:
        """Read a file that contains only a host's name; return whether it is one."""
        if not _HOSTNAME.fullmatch(path.name):
            return False
        lines = [line.strip() for line in text.splitlines() if not line.startswith(("#", "`"))]
        words = [line for line in lines if line]
        if len(words) != 1 or not _NAME.fullmatch(words[0]):
            return False
        folder = path.parent
        while folder.name.lower() in _OF_A_COLLECTOR:
            folder = folder.parent
        self._below[folder] = words[0]
        return True

    def of(self, path: PurePath) -> str:
        """Return the host that the output of a command is from."""
        told = next((self._below[each] for each in path.parents if each in self._below), None)
        return told or _of_file(path.name) or _of_folders(path.parent.parts)


def _of_file(name: str) -> str:
    """Return what the name of a file contains beside the command."""
    left = name
    while (shorter := _OF_A_COMMAND.sub("", left.replace("_", " "))) != left.replace("_", " "):
        left = left[: len(shorter)]
    return left.strip("._- ")


def _of_folders(parts: Iterable[str]) -> str:
    """Return the folder that is named after a host: the one below `nodes`, else the innermost."""
    folders = list(parts)
    if "nodes" in folders[:-1]:
        return folders[folders.index("nodes") + 1]
    named = [each for each in reversed(folders) if each.lower() not in _OF_A_COLLECTOR]
    return next((found for each in named if (found := _of_folder(each))), "node")


def _of_folder(name: str) -> str:
    """Return the host in the name of a folder or archive, without a date and the name of a tool around it."""
    bare = _ARCHIVE.sub("", name)
    date = _DATE.search(bare)
    left = _OF_A_TOOL.sub("", bare[: date.start()] if date else bare)
    if not date or not date[1]:
        return left
    # Retina: what the user called the capture, then the node (pkg/capture/file/capture_filename.go).
    words = left.split("-")
    rests = ("-".join(words[number:]) for number in range(len(words)))
    return next((each for each in rests if _NODE.fullmatch(each)), left)
