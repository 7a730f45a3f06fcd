"""What a run sees of a folder of captures, for tests of what is made of it."""

from functools import cache
from pathlib import Path

from pcapcheck.api import find
from pcapcheck.compare.side import Side
from pcapcheck.run.check import look_at
from pcapcheck.run.settings import read_settings

SAMPLES = Path(__file__).parents[2] / "samples"


@cache
def look(folder: Path | str) -> Side:
    """Return what is seen of a sample, or of a folder; the same one is looked at once."""
    path = SAMPLES / folder if isinstance(folder, str) else folder
    inputs, topology = find([path])
    return look_at(inputs, topology, read_settings(topology))
