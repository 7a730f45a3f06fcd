"""Claim: a cause at one place, with the facts that support it.

It becomes a Diagnosis unless another claim explains these facts better.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.cause import Cause
from pcapcheck.diagnose.diagnosis import Diagnosis, Evidence
from pcapcheck.diagnose.fact import Fact, Word
from pcapcheck.diagnose.placeholders import filled, known_addresses

MAX_CONFIDENCE = 0.99  # packets never prove a cause with certainty
FEW, FEW_LOST = 0.1, 0.2  # what a single packet takes away; a lost one may be a gap of the capture
EACH = 0.02  # what a supporting fact adds
UNKNOWN_PEER = "another node"  # in texts, where the facts name one node only
ADDRESS_WORDS = ("target", "address", "actual", "expected")  # words of facts that may be addresses
STOPPED = 0.85  # what is left of a loss where the next capture may have stopped


@dataclass(frozen=True, slots=True)
class Claim:
    """A cause, the facts it is about, further ones that it needs, supporting ones, and alternatives."""

    cause: Cause
    facts: tuple[Fact, ...]
    others: tuple[Fact, ...] = ()
    support: tuple[Fact, ...] = ()
    alternatives: tuple[str, ...] = ()

    @property
    def flows(self) -> frozenset[int]:
        """The flows that it is about."""
        return frozenset(flow for fact in self.facts for flow in fact.flows)

    @property
    def packets(self) -> int:
        """How many packets support it."""
        return sum(fact.packets for fact in self.facts)

    @property
    def node(self) -> Word:
        """The node where to act."""
        return self.cause.blamed(self.facts[0]) or self.facts[0].about.get("node")

    @property
    def confidence(self) -> float:
        """The cause's own confidence, lowered for a single packet and raised by supporting facts."""
        single = FEW_LOST if self.cause.rank == "loss" else FEW
        few = single if self.packets < 2 else 0.0
        worth = max(self.cause.needs[0].certainty(fact) for fact in self.facts)
        if all(fact.about.get("covered") is False for fact in self.facts):
            worth *= STOPPED
        return round(min(MAX_CONFIDENCE, self.cause.confidence * worth - few + EACH * len(self.support)), 2)

    @property
    def order(self) -> tuple[float, bool, int, str, str]:
        """The sort key: the most certain first, then claims about requests, then those of most packets."""
        back = self.facts[0].about.get("back") is True
        return -self.confidence, back, -self.packets, self.cause.id, str(self.node)

    def explained(self, flows: frozenset[int]) -> bool:
        """Whether earlier causes explain all flows of the claim."""
        return bool(self.flows) and self.flows <= flows

    def overlaps(self, other: "Claim") -> bool:
        """Whether two claims are about the same flows or the same node, or both about no flow."""
        same_node = self.node is not None and self.node == other.node
        return bool(self.flows & other.flows) or same_node or not (self.flows or other.flows)

    def diagnosis(self, case: Case) -> Diagnosis:
        """Return the claim as reports show it."""
        cause = self.cause.for_ipv6() if self._about_ipv6(case) else self.cause
        node = self.node if isinstance(self.node, str) else None
        device = self._device(case, node)
        seen = self._seen_at()
        interface = device or seen
        pod = self._pod(seen) if device is None else None
        words = _Words(self._words(node, interface, pod))
        proof = (*self.facts, *self.others, *self.support)
        addresses = known_addresses(case, self.flows)
        return Diagnosis(
            id=cause.id,
            confidence=self.confidence,
            title=cause.title.format_map(words),
            explanation=cause.explanation.format_map(words),
            fix=filled(cause.fix.format_map(words), addresses),
            node=node,
            interface=interface,
            pod=pod,
            evidence=tuple(Evidence(fact.says, fact.frames, fact.filter) for fact in _distinct(proof)),
            confirm=tuple(filled(line.format_map(words), addresses) for line in cause.confirm),
            references=cause.references,
            alternatives=self.alternatives,
            next_capture=self._next_capture(),
            findings=tuple(sorted({number for fact in proof for number in fact.findings})),
            information=self.cause.information,
        )

    def _about_ipv6(self, case: Case) -> bool:
        """Whether the fault concerns IPv6: by the address that its first fact names, else by its flows."""
        for name in ADDRESS_WORDS:
            version = _version(self.facts[0].about.get(name))
            if version is not None:
                return version == 6
        versions = {case.flows[flow][0]["version"] for flow in self.flows if flow in case.flows}
        return versions == {6}

    def _words(self, node: str | None, interface: str | None, pod: str | None) -> dict[str, Any]:
        """Return the words that fill the placeholders of the cause's texts."""
        about = self.facts[0].about
        ends = (about.get("receiver"), about.get("sender"))
        return {
            **about,
            "node": node,
            "peer": next((end for end in ends if end not in (None, node)), UNKNOWN_PEER),
            "at": " ".join(part for part in (f"pod {pod}" if pod else node, interface) if part),
            "interface": interface,
            "seen_at": about.get("interface"),
            "says": self.facts[0].says,
        }

    def _next_capture(self) -> str | None:
        wanted = self.facts[0].about.get("next_capture")
        return wanted if isinstance(wanted, str) else None

    def _device(self, case: Case, node: str | None) -> str | None:
        """Return the interface of the node that the cause names by its roles."""
        own = self.cause.needs[0].device(self.facts[0])
        roles = self.cause.device if own is None else own
        return case.device(node, *roles, pod=self.facts[0].about.get("pod")) if roles else None

    def _seen_at(self) -> str | None:
        """Return the interface at which the fault was seen."""
        about = self.facts[0].about
        seen = about.get(self.cause.place) or about.get("interface")
        return seen if isinstance(seen, str) else None

    def _pod(self, seen: str | None) -> str | None:
        """Return the pod that has the interface at which the fault was seen, if it is a pod's own."""
        about = self.facts[0].about
        inside = about.get("in_pod") if seen == about.get("interface") else None
        return inside if isinstance(inside, str) else None


def _version(address: Word) -> int | None:
    """Return 4 or 6, None for what is not an address."""
    try:
        return ipaddress.ip_address(address).version if isinstance(address, str) else None
    except ValueError:
        return None


def _distinct(facts: tuple[Fact, ...]) -> list[Fact]:
    """Return the facts without those that repeat another one's sentence; at most eight."""
    said: dict[str, Fact] = {}
    for fact in facts:
        said.setdefault(fact.says, fact)
    return list(said.values())[:8]


class _Words(dict[str, Any]):
    """The words for placeholders; a missing one is shown as a dash."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        super().__init__({key: "-" if value is None else value for key, value in words.items()})

    def __missing__(self, key: str) -> str:
        return "-"
