"""The order of vantage points along a path: the nearer one is to the asker, the longer an answer takes.

Takes comparisons of two vantage points by packets that both saw (`Nearer`); clocks do not matter. It does
not know what the vantage points are.
"""

from collections import defaultdict
from collections.abc import Iterable

from pcapcheck.bind.vantagepoint import Nearer


class Nearness:
    """Tells which vantage points are nearest to an address."""

    def __init__(self, comparisons: Iterable[Nearer]) -> None:
        self._gaps: dict[tuple[str, str], dict[tuple[int, int], int]] = defaultdict(dict)
        self._peers: dict[str, set[str]] = defaultdict(set)
        for source, destination, vantage, other, gap, _ in comparisons:
            self._gaps[source, destination][vantage, other] = gap
            self._gaps[source, destination][other, vantage] = -gap
            self._gaps[destination, source][vantage, other] = -gap
            self._gaps[destination, source][other, vantage] = gap
            self._peers[source].add(destination)
            self._peers[destination].add(source)

    @property
    def addresses(self) -> list[str]:
        """The addresses whose exchanges were seen at several vantage points."""
        return sorted(self._peers)

    def peers(self, address: str) -> list[str]:
        """Return the addresses whose exchanges with this one were seen at several vantage points."""
        return sorted(self._peers.get(address, ()))

    def along(self, source: str, destination: str) -> list[int]:
        """Return the vantage points of an exchange, from the nearest to the source to the farthest."""
        gaps = self._gaps.get((source, destination), {})
        ahead: dict[int, int] = defaultdict(int)
        for (vantage, _), gap in gaps.items():
            ahead[vantage] += (gap > 0) - (gap < 0)
        return sorted(ahead, key=lambda vantage: (-ahead[vantage], vantage))

    def is_nearest(self, address: str, vantage: int, others: Iterable[int]) -> bool | None:
        """Return whether a vantage point is nearer to an address than each of the others, None if unknown.

        Others are left out if they saw none of the address's exchanges that this vantage point saw.
        """
        balances = [
            balance for other in others if (balance := self._balance(address, vantage, other)) is not None
        ]
        return all(balance > 0 for balance in balances) if balances and 0 not in balances else None

    def _balance(self, address: str, vantage: int, other: int) -> int | None:
        """Return in how many exchanges one vantage point is nearer to the address, minus the other's."""
        gaps = [self._gaps[address, peer].get((vantage, other)) for peer in self.peers(address)]
        known = [gap for gap in gaps if gap is not None]
        return sum((gap > 0) - (gap < 0) for gap in known) if known else None
