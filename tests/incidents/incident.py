"""An incident from the field: what was broken, and the root cause that its captures must give.

The packets are made by the library of samples/ at the time of the test; the thread tells the story.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scene import Frames, add

from cluster import Cluster
from network import Network
from pcapcheck.api import check
from pcapcheck.result import Result
from sample import Fault, Sample, Talk


@dataclass(frozen=True)
class Incident:
    """One incident.

    Attributes:
        name: number of the incident in the list, and what happened.
        thread: where it was told.
        cause: the id that must come first.
        node: where to act; None: the files name no node.
        cluster: the intended network.
        talks: who talks to whom.
        breaks: what is broken.
        put: frames to add.
        after: changes the captures.
        twin: the same talk works where nothing is broken.
        beside: what else may be said.
    """

    name: str
    thread: str
    cause: str
    node: str | None
    cluster: Callable[[], Cluster]
    talks: Sequence[Talk]
    breaks: Callable[[Cluster, Network], None] | None = None
    put: Callable[[Cluster], Frames] | None = None
    after: Callable[[Path], None] | None = None
    seconds: int = 9
    twin: bool = True
    beside: tuple[str, ...] = ()

    def checked(self, folder: Path) -> Result:
        """Write the captures and say what pcapcheck finds in them."""
        fault = Fault("", None, None, "", "", self.breaks) if self.breaks else None
        Sample("", self.cluster, self.talks, fault, self.seconds).write(folder)
        (folder / "truth.json").unlink()
        for file, frames in (self.put(self.cluster()) if self.put else {}).items():
            add(folder / file, frames)
        if self.after:
            self.after(folder)
        return check(folder)

    def healthy(self, folder: Path) -> Result:
        """Say what pcapcheck finds where nothing is broken."""
        Sample("", self.cluster, self.talks, None, self.seconds).write(folder)
        (folder / "truth.json").unlink()
        return check(folder)
