"""A statement of a topology that cannot be true together with another one."""

from typing import NamedTuple


class Contradiction(NamedTuple):
    """What contradicts what.

    Attributes:
        keys: where the statement stands in the topology file, as keys from its top.
        what: what is said, and what it contradicts.
        fix: what to do about it.
    """

    keys: tuple[str | int, ...]
    what: str
    fix: str
