"""Diagnosis: a root cause with its evidence, as reports show it. Plain data."""

from dataclasses import dataclass

from pcapcheck.check.finding import Frame


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement that supports a diagnosis: frames prove it, `filter` finds them in Wireshark."""

    says: str
    frames: tuple[Frame, ...] = ()
    filter: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A root cause, ranked.

    Attributes:
        id: public and fixed, e.g. fdb-wrong-vtep.
        confidence: 0…1.
        title: one statement, with the node and the values where they are known.
        explanation, fix: text for people; line breaks are kept.
        node, interface: where to act; None where that is unknown or no single place.
        evidence: the statements that support it.
        confirm: commands that show it on the node.
        references: RFCs, manuals, threads.
        alternatives: ids of causes that fit less well.
        next_capture: the capture that would decide, as a command or a sentence.
        findings: positions in the result's findings that it explains.
        information: it is no fault.
        pod: the pod that has the interface, where it is a pod's own and not the node's.
    """

    id: str
    confidence: float
    title: str
    explanation: str
    fix: str
    node: str | None
    interface: str | None
    evidence: tuple[Evidence, ...]
    confirm: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    next_capture: str | None = None
    findings: tuple[int, ...] = ()
    information: bool = False
    pod: str | None = None
