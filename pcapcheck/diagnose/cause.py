"""Cause: a root cause as its file in rules/diagnoses/ describes it, with the facts that it needs.

Plain data from YAML; it does not look at the network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

from pcapcheck.diagnose.fact import Fact, Word
from pcapcheck.documents.cursor import Cursor
from pcapcheck.documents.document import Document
from pcapcheck.documents.shipped import rules_directory

# In this order, since a cause explains its consequences: flows of an earlier rank are left out of later ones.
RANKS: Final = (
    ("loop",),
    ("header",),
    ("arp", "nat", "icmp"),
    ("corruption", "duplicates", "order"),
    ("loss",),
    ("refused",),
    ("last-seen",),
)
LOSS: Final = "loss"
LOST: Final = "lost_between"  # the evidence of losses
LATE: Final = (LOSS, "refused", "last-seen")  # ranks that may look at losses themselves
LISTS: Final = ("confirm", "references")  # the texts of a cause that are lists
NO_WORDS: Final = ("evidence", "certainty", "blame")


@dataclass(frozen=True, slots=True)
class CausePattern:
    """A kind of evidence, and the words that `about` of its facts must have.

    A word is given as a value, a list (any of these), `{not: …}` or `{min: …, max: …}`. A word that a fact
    lacks fits only `not`.
    """

    evidence: str
    about: Mapping[str, Any]
    certainty: float = 1.0  # a factor on the cause's confidence
    blame: str | None = None  # the word that names the node where to act, instead of the cause's own

    def fits(self, fact: Fact) -> bool:
        """Whether the pattern matches this fact."""
        return fact.evidence == self.evidence and all(
            _fits(fact.about.get(key), wanted) for key, wanted in self.about.items()
        )


@dataclass(frozen=True, slots=True)
class Need:
    """A condition of a cause: a fact that fits one of these patterns."""

    patterns: tuple[CausePattern, ...]

    @property
    def evidences(self) -> tuple[str, ...]:
        """The kinds of evidence to look for."""
        return tuple(dict.fromkeys(pattern.evidence for pattern in self.patterns))

    def fits(self, fact: Fact) -> bool:
        """Whether one of the patterns matches this fact."""
        return self.certainty(fact) > 0

    def certainty(self, fact: Fact) -> float:
        """Return how much of the cause's confidence a fact is worth, 0 if it does not fit."""
        return max((pattern.certainty for pattern in self.patterns if pattern.fits(fact)), default=0.0)

    def blame(self, fact: Fact) -> str | None:
        """Return the word that names the node where to act, or None if the cause's own word does."""
        return next((pattern.blame for pattern in self.patterns if pattern.fits(fact)), None)


@dataclass(frozen=True, slots=True)
class Cause:
    """One root cause.

    Attributes:
        id, title, explanation, fix, confirm, references: for readers; texts may have {placeholders} from the
        facts.
        rank: one of the words in RANKS.
        confidence: 0…1 where all that it needs was seen, and nothing else speaks for or against it.
        blame: which of a fact's words names the node where to act: sender, receiver, node.
        device: roles of the interface where to act on that node, in order; empty: where it was seen.
        place: which of a fact's words names that interface where no device does.
        needs: facts that must be there; the first is what it is about.
        supports: facts that make it more certain.
        excludes: facts about the same flows that rule it out.
        beats: causes of the same rank that it explains where both are about the same flows.
        explains: flows | pair | node: whose later troubles are its effects.
        information: it is no fault.
        ipv6: the texts that differ where the fault concerns IPv6, by attribute.
    """

    id: str
    title: str
    explanation: str
    fix: str
    confirm: tuple[str, ...]
    references: tuple[str, ...]
    rank: str
    confidence: float
    blame: str
    device: tuple[str, ...]
    place: str
    needs: tuple[Need, ...]
    supports: tuple[Need, ...]
    excludes: tuple[Need, ...]
    beats: tuple[str, ...]
    explains: str
    information: bool
    ipv6: Mapping[str, Any] = field(default_factory=dict)

    def for_ipv6(self) -> "Cause":
        """Return the cause with its texts for IPv6, where they differ."""
        return replace(self, **self.ipv6)

    def blamed(self, fact: Fact) -> Word:
        """Return the node where to act, which a fact of the cause names."""
        return fact.about.get(self.needs[0].blame(fact) or self.blame)

    def at(self, ranks: Sequence[str]) -> "Cause | None":
        """Return the cause with the patterns to look for at these ranks, None if there are none.

        Losses are looked for after everything that may explain them, whatever the rank of the cause.
        """
        if not self.needs:
            return None
        # Evidence of loss leaves out explained flows, so a cause is looked for in up to two ranks: at its own
        # rank by all other evidence, and at that of loss by LOST.
        early = LOSS not in ranks and self.rank in ranks and self.rank not in LATE
        patterns = self.needs[0].patterns
        if early:
            patterns = tuple(each for each in patterns if each.evidence != LOST)
        elif self.rank not in ranks:
            patterns = tuple(each for each in patterns if each.evidence == LOST and LOSS in ranks)
            patterns = () if self.rank in LATE else patterns
        return replace(self, needs=(Need(patterns), *self.needs[1:])) if patterns else None


def _fits(value: Word, wanted: Any) -> bool:
    """Whether a word is one that a file asks for."""
    if isinstance(wanted, Mapping):
        if "not" in wanted:
            return not _fits(value, wanted["not"])
        number = value if isinstance(value, int | float) else None
        return number is not None and wanted.get("min", number) <= number <= wanted.get("max", number)
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        return any(_fits(value, each) for each in wanted)
    return bool(value == wanted)


@cache
def load_causes() -> tuple[Cause, ...]:
    """Return all shipped causes, in alphabetical order.

    Raises:
        InputError: a file cannot be used.
    """
    return tuple(
        read_cause(Document.load(path)) for path in sorted((rules_directory() / "diagnoses").glob("*.yaml"))
    )


def read_cause(document: Document) -> Cause:
    """Return the cause that one file describes.

    Raises:
        InputError: a value is not of the kind that belongs there.
    """
    top = Cursor.top(document)
    return Cause(
        id=top.text("id"),
        title=top.text("title"),
        explanation=top.text("explanation"),
        fix=top.text("fix"),
        confirm=top.words("confirm"),
        references=top.words("references"),
        rank=top.text("rank"),
        confidence=float(top.get("confidence", 0.9)),
        blame=top.text("blame", "node"),
        device=top.words("device"),
        place=top.text("place", "interface"),
        needs=tuple(map(_need, top.at("needs").each())),
        supports=tuple(map(_need, top.at("supports").each())),
        excludes=tuple(map(_need, top.at("excludes").each())),
        beats=top.words("beats"),
        explains=top.text("explains", "flows"),
        information=bool(top.get("information", False)),
        ipv6=_texts(top.at("ipv6")) if "ipv6" in top else {},
    )


def _texts(entry: Cursor) -> dict[str, Any]:
    """Return the texts that an entry replaces."""
    return {key: entry.words(key) if key in LISTS else entry.text(key) for key, _ in entry.items()}


def _need(entry: Cursor) -> Need:
    patterns = entry.at("any").each() if "any" in entry else [entry]
    return Need(tuple(map(_pattern, patterns)))


def _pattern(entry: Cursor) -> CausePattern:
    words = {key: value.data for key, value in entry.items() if key not in NO_WORDS}
    return CausePattern(
        evidence=entry.text("evidence"),
        about=words,
        certainty=float(entry.get("certainty", 1.0)),
        blame=entry.get("blame"),
    )
