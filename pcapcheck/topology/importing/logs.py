"""The logs of tcpdump that lie beside captures.

Which interface it was, what was lost, what was asked for in vain.
"""

from pathlib import Path, PurePath

from pcapcheck.capture.inputs import Inputs
from pcapcheck.topology.tcpdumplog import NAME, read_log
from pcapcheck.topology.topology import CaptureEntry

LARGEST = 1 << 20  # bytes of a log that are read


def logged(inputs: Inputs) -> tuple[tuple[CaptureEntry, ...], tuple[str, ...]]:
    """Return an entry for each capture that lies alone beside a log of tcpdump, and what the logs say."""
    entries: list[CaptureEntry] = []
    notes: list[str] = []
    for each in inputs.others:
        path = Path(each.path)
        said = read_log(_text(path)) if path.name == NAME else None
        beside = [one for one in inputs.captures if Path(one.path).parent == path.parent]
        if said is None or len(beside) != 1:
            continue
        shown = PurePath(beside[0].shown)
        entries.append(CaptureEntry(shown.name, None, None, said.interface, dropped=said.dropped))
        if said.ignored:
            ignored = ", ".join(said.ignored)
            notes.append(
                f"{shown}: tcpdump was asked for {ignored} too, and listened on {said.interface} only"
            )
        if said.dropped:
            notes.append(f"{shown}: tcpdump says that the kernel dropped {said.dropped:,} packets")
    return tuple(entries), tuple(notes)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST).decode("utf-8", errors="replace")
    except OSError:
        return ""
