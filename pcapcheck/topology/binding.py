"""Where a capture file, or one interface of it, was captured; and how that is known."""

from dataclasses import dataclass

from pcapcheck.topology.topology import CaptureEntry, CapturePoint


@dataclass(frozen=True, slots=True)
class Binding:
    """A point, or the points that are possible. No point and no candidates: it may have been anywhere.

    Attributes:
        by: what told it: topology, metadata, name, content or nothing.
        reason: why, as the end of a sentence that begins with the file.
        entry: the topology's entry for the file: when it started and ended, what was dropped.
    """

    point: CapturePoint | None
    by: str
    reason: str
    candidates: tuple[CapturePoint, ...] = ()
    entry: CaptureEntry | None = None
