"""MAC addresses -> other addresses of the same kind: unicast stays unicast, locally administered stays that.

Groups, broadcast, the zero address and Calico's ee:ee:ee:ee:ee:ee stay. What was made of an IP address
follows it: the MAC of a solicited-node group (RFC 2464, 7), and 0a:58 with an IPv4 address. All others are
permuted by a Feistel network of four rounds, so that two addresses never become one.
"""

from typing import Final

from pcapcheck.anonymise.addressmap import GROUP_BITS, Addresses
from pcapcheck.anonymise.secret import Secret

KEPT_MACS: Final = frozenset({0, 0xEEEEEEEEEEEE})
GROUP_BIT: Final = 1 << 40  # IEEE 802: the lowest bit of the first byte
KIND_BITS: Final = 3 << 40  # the group bit, and the bit that says who administers the address
# CNI plugins and OVN-Kubernetes make MACs of IPv4 addresses: 0a:58, then the address (IPAddrToHWAddr).
FROM_ADDRESS: Final = 0x0A58
IPV4_BITS: Final = 32
SOLICITED_MACS: Final = 0x3333FF  # the first three bytes of the MACs of solicited-node groups
HALF_BITS: Final = 23  # 48 bits without the two kind bits, in two halves
HALF_MASK: Final = (1 << HALF_BITS) - 1
FEISTEL_ROUNDS: Final = 4  # enough for a strong pseudorandom permutation (Luby and Rackoff, 1988)


class Macs:
    """Maps MAC addresses, each of which is computed once."""

    def __init__(self, secret: Secret, addresses: Addresses) -> None:
        self._secret, self._addresses = secret, addresses
        self._known: dict[int, int] = {}

    def of(self, number: int) -> int:
        """Return the pseudonym of a MAC address."""
        if number not in self._known:
            self._known[number] = self._map(number)
        return self._known[number]

    def _map(self, number: int) -> int:
        if number >> GROUP_BITS == SOLICITED_MACS:
            return SOLICITED_MACS << GROUP_BITS | self._addresses.last(number & (1 << GROUP_BITS) - 1)
        if number & GROUP_BIT or number in KEPT_MACS:
            return number
        if number >> IPV4_BITS == FROM_ADDRESS:
            return FROM_ADDRESS << IPV4_BITS | self._addresses.of(number & (1 << IPV4_BITS) - 1, IPV4_BITS)
        mapped = self._permuted(number)
        # Cycle walking leaves a permutation of the other addresses.
        while mapped in KEPT_MACS or mapped >> IPV4_BITS == FROM_ADDRESS:
            mapped = self._permuted(mapped)
        return mapped

    def _permuted(self, number: int) -> int:
        plain = number >> 42 << 40 | number & (1 << 40) - 1
        left, right = plain >> HALF_BITS, plain & HALF_MASK
        for round_ in range(FEISTEL_ROUNDS):
            mixed = self._secret.number(b"mac", bytes([round_]) + right.to_bytes(3, "big"))
            left, right = right, left ^ mixed & HALF_MASK
        mixed_all = left << HALF_BITS | right
        return mixed_all >> 40 << 42 | number & KIND_BITS | mixed_all & (1 << 40) - 1
