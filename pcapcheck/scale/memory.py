"""Budget: how many bytes and sightings a process may hold at a time, so that it stays below its memory limit.

The constants were measured with tests/benchmarks/scale.py.
"""

from dataclasses import dataclass
from typing import Final

from pcapcheck.errors import InputError

DEFAULT_MEMORY: Final = 1 << 30  # bytes of each process
MIN_MEMORY: Final = 400 << 20  # bytes of each process: twice what it takes before it has read a packet
BASE: Final = 200 << 20  # bytes that a process takes before it has read a packet
FOLLOWED: Final = 1600  # bytes that following takes for each sighting of a partition, at its peak
SIGHTING: Final = 80  # bytes of one sighting that only waits
MAX_FOLLOWED: Final = 150_000  # sightings in a partition: more are not faster, and take more memory
UNITS: Final = {"": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@dataclass(frozen=True, slots=True)
class Budget:
    """What fits a memory limit.

    Attributes:
        memory: bytes that one process may take.
        given: whether the user set this limit; what does not fit it is then refused.
    """

    memory: int = DEFAULT_MEMORY
    given: bool = False

    @property
    def split(self) -> int:
        """Bytes of a capture that one task reads."""
        return self.memory // 16

    @property
    def waiting(self) -> int:
        """Sightings that are kept in memory until they are followed."""
        return self.memory // 8 // SIGHTING

    def partition(self, held: int = 0) -> int:
        """Return how many sightings are followed at a time, while `held` bytes are used for other things.

        At least a quarter of the memory is for them: smaller partitions cost more time than they save memory.
        """
        free = self.memory - BASE
        return min(max(free - held, free // 4) // FOLLOWED // 2, MAX_FOLLOWED)

    @property
    def fitting(self) -> int:
        """The largest number of sightings that can be followed at a time, even if all are of one flow."""
        return (self.memory - BASE) // FOLLOWED

    def needed(self, sightings: int) -> str:
        """Return the memory limit that this number of sightings needs, written as for --memory."""
        return f"{(BASE + sightings * FOLLOWED >> 30) + 1}GB"


ONE_GB: Final = Budget()


def read_budget(given: str | int | None) -> Budget:
    """Return the budget that `2GB` means; None is the usual one.

    Raises:
        InputError: it is not a size, or less than a process needs.
    """
    if given is None:
        return ONE_GB
    memory = given if isinstance(given, int) else _bytes(given)
    if memory < MIN_MEMORY:
        what = f"a process needs {MIN_MEMORY >> 20} MB at least"
        raise InputError(f"--memory {given}", what, f"give more, such as `--memory {DEFAULT_MEMORY >> 30}GB`")
    return Budget(memory, given=True)


def _bytes(text: str) -> int:
    """Return the bytes of `2GB`, `512M`, `1.5 GiB`: units are powers of 1024."""
    number = text.strip().rstrip("BbIiKkMmGgTt ")
    unit = text.strip()[len(number) :].strip().upper().removesuffix("IB").removesuffix("B")
    try:
        return int(float(number) * UNITS[unit])
    except (KeyError, ValueError, OverflowError):
        raise InputError(f"--memory {text}", "this is not a size", "write `2GB` or `512MB`") from None
