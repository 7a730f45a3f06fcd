"""Order of the watches along a path: whoever is nearer to the asker waits longer for the answer.

Takes comparisons of two watches by the packets that both saw (`watch.Nearer`); clocks do not matter. It does
not know what the watches are.
"""

from collections import defaultdict
from collections.abc import Iterable

from pcapcheck.bind.vantagepoint import Nearer


class Nearness:
    """Answers which watches are nearest to an address."""

    def __init__(self, comparisons: Iterable[Nearer]) -> None:
        self._gaps: dict[tuple[str, str], dict[tuple[int, int], int]] = defaultdict(dict)
        self._peers: dict[str, set[str]] = defaultdict(set)
        for source, destination, watch, other, gap, _ in comparisons:
            self._gaps[source, destination][watch, other] = gap
            self._gaps[source, destination][other, watch] = -gap
            self._gaps[destination, source][watch, other] = -gap
            self._gaps[destination, source][other, watch] = gap
            self._peers[source].add(destination)
            self._peers[destination].add(source)

    @property
    def addresses(self) -> list[str]:
        """The addresses whose exchanges more than one watch saw."""
        return sorted(self._peers)

    def peers(self, address: str) -> list[str]:
        """Return the addresses whose exchanges with this one more than one watch saw."""
        return sorted(self._peers.get(address, ()))

    def along(self, source: str, destination: str) -> list[int]:
        """Return the watches of an exchange from the nearest to the source to the farthest."""
        gaps = self._gaps.get((source, destination), {})
        ahead: dict[int, int] = defaultdict(int)
        for (watch, _), gap in gaps.items():
            ahead[watch] += (gap > 0) - (gap < 0)
        return sorted(ahead, key=lambda watch: (-ahead[watch], watch))

    def is_nearest(self, address: str, watch: int, others: Iterable[int]) -> bool | None:
        """Return whether a watch is nearer to an address than each of the others.

        None if that cannot be said.

        Others that saw no exchange of the address which this watch saw too are left out.
        """
        balances = [
            balance for other in others if (balance := self._balance(address, watch, other)) is not None
        ]
        return all(balance > 0 for balance in balances) if balances and 0 not in balances else None

    def _balance(self, address: str, watch: int, other: int) -> int | None:
        """Return in how many exchanges one watch is nearer to the address, less those of the other."""
        gaps = [self._gaps[address, peer].get((watch, other)) for peer in self.peers(address)]
        known = [gap for gap in gaps if gap is not None]
        return sum((gap > 0) - (gap < 0) for gap in known) if known else None
