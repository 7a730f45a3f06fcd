"""Nodes and pods of a topology by the names that they have in file names: without dots, or without namespace.

A word from a file name gives a node or pod only if it can mean no other.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from pcapcheck.topology.topology import Topology

_BETWEEN: Final = re.compile(r"[^0-9A-Za-z]+")


class Aliases:
    """The aliases of one topology; a word that fits two nodes, or two pods, stands for neither."""

    def __init__(self, topology: Topology) -> None:
        self._nodes = _unique((word, name) for name in topology.nodes for word in _node_words(name))
        self._pods = _unique((word, name) for name in topology.pods for word in _pod_words(name))
        self._in_nodes = _unique((_plain(word), name) for word, name in self._nodes.items())
        self._in_pods = _unique((_plain(word), name) for word, name in self._pods.items())

    def node(self, word: str) -> str | None:
        """Return the node that a word names: its name, also with the dots left out or replaced by dashes."""
        return self._nodes.get(word) or self._nodes.get(word.lower())

    def pod(self, word: str) -> str | None:
        """Return the pod that a word names: `default/web-1`, `default_web-1` or `web-1`."""
        return self._pods.get(word) or self._pods.get(word.lower())

    def within(self, text: str) -> tuple[str | None, str | None]:
        """Return the (node, pod) whose name is part of a text, between other words; the longest name wins."""
        parts = _BETWEEN.split(text.lower())
        runs = {
            _joined(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, min(len(parts), i + 12) + 1)
        }
        node, pod = (
            max(runs & words.keys(), key=len, default="") for words in (self._in_nodes, self._in_pods)
        )
        return self._in_nodes.get(node), self._in_pods.get(pod)


def _node_words(name: str) -> Iterator[str]:
    yield from (
        name,
        name.replace(".", "-"),
        name.replace(".", "_"),
        name.replace(".", ""),
        name.partition(".")[0],
    )


def _pod_words(name: str) -> Iterator[str]:
    yield from (
        name,
        name.replace("/", "_"),
        name.replace("/", "-"),
        name.replace("/", "."),
        name.partition("/")[2],
    )


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    meanings: dict[str, set[str]] = defaultdict(set)
    exact = {}
    for word, name in pairs:
        if word:
            meanings[word.lower()].add(name)
            exact[name] = name
    return {word: next(iter(names)) for word, names in meanings.items() if len(names) == 1} | exact


def _plain(word: str) -> str:
    return _joined(_BETWEEN.split(word.lower()))


def _joined(parts: Iterable[str]) -> str:
    return "-".join(parts)
