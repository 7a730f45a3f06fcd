"""IP addresses -> other addresses; addresses of one network stay in one network, whatever its prefix length.

Each bit is flipped or not, depending on the key and on the bits before it (Xu et al., "Prefix-Preserving
IP Address Anonymization", 2002: Crypto-PAn). Some bits are never flipped: those that make an address special
(RFC 6890), and those that make the last byte of an IPv4 address 0 or 255, as in network and broadcast
addresses. The lowest 24 bits of an IPv6 address are mapped regardless of the bits before them, because a
solicited-node group (RFC 4291, 2.7.1) repeats only these.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final

from pcapcheck.anonymise.secret import Secret
from pcapcheck.documents import values
from pcapcheck.documents.values import Span

# Networks whose addresses stay in them: "this", private, shared; unique local, global and link-local IPv6.
KEPT_NETWORKS: Final = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"),
    *("::/96", "64:ff9b::/96", "2000::/3", "fc00::/8", "fd00::/8", "fe80::/64"),
)
# Addresses that stay: unspecified, loopback, link-local (Calico's gateway 169.254.1.1, metadata servers of
# clouds), multicast, broadcast, IPv4-mapped; the IPv6 one that follows from ee:ee:ee:ee:ee:ee.
FIXED_NETWORKS: Final = (
    *("0.0.0.0/32", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"),
    *("::/127", "::ffff:0:0/96", "ff00::/8", "fe80::ecee:eeff:feee:eeee/128"),
)
SOLICITED_GROUPS: Final = values.cidr("ff02::1:ff00:0/104")
GROUP_BITS: Final = 24  # lowest bits of an IPv6 address, which its solicited-node group repeats
CALICO_GATEWAY_BITS: Final = 0xEEEEEE  # the lowest 24 bits of the address of Calico's gateway
LAST_BYTE_BITS: Final = 8  # IPv4 addresses that end in 0 or 255 keep these bits


class Addresses:
    """Maps addresses, each of which is computed once."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret
        self._known: dict[tuple[int, int], int] = {}

    def of(self, number: int, bits: int) -> int:
        """Return the pseudonym of an address of 32 or 128 bits."""
        key = number, bits
        if key not in self._known:
            self._known[key] = self._map(number, bits)
        return self._known[key]

    def network(self, span: Span) -> Span:
        """Return the network in which the pseudonyms of its addresses lie."""
        size = span.high - span.low
        low = self.of(span.low, span.bits) & ~size
        return Span(low, low | size, span.bits)

    def last(self, number: int) -> int:
        """Return what the lowest 24 bits of an IPv6 address become."""
        return self._turned(number, GROUP_BITS, GROUP_BITS)

    def _map(self, number: int, bits: int) -> int:
        if bits == 128 and SOLICITED_GROUPS.low <= number <= SOLICITED_GROUPS.high:
            return SOLICITED_GROUPS.low | self.last(number & (1 << GROUP_BITS) - 1)
        if _within(number, bits, FIXED_NETWORKS):
            return number
        if bits == 32:
            return self._turned(number, bits, bits)
        low = number & (1 << GROUP_BITS) - 1
        return self._turned(number >> GROUP_BITS, bits - GROUP_BITS, bits) << GROUP_BITS | self.last(low)

    def _turned(self, number: int, width: int, bits: int) -> int:
        """Return the pseudonym of a number that is the upper part, or all, of an address."""
        turned = number
        for depth in range(width):
            prefix = number >> width - depth
            if not _is_calm(prefix, depth, bits) and self._flips(prefix, depth, bits):
                turned ^= 1 << width - depth - 1
        return turned

    def _flips(self, prefix: int, depth: int, bits: int) -> int:
        data = bytes([bits, depth]) + prefix.to_bytes(16, "big")
        return self._secret.number(b"address", data) & 1


def _is_calm(prefix: int, depth: int, bits: int) -> bool:
    """Whether the bit after this prefix stays because it tells special addresses from others."""
    if bits == GROUP_BITS:
        return prefix == CALICO_GATEWAY_BITS >> GROUP_BITS - depth
    if (depth, prefix) in _calm(bits):
        return True
    seen = depth - (bits - LAST_BYTE_BITS)
    tail = prefix & (1 << max(seen, 0)) - 1
    return bits == 32 and seen >= 0 and tail in (0, (1 << seen) - 1)


@cache
def _calm(bits: int) -> frozenset[tuple[int, int]]:
    """Return the prefixes (depth, value) of special networks, each shorter than the network's own."""
    return frozenset(
        (depth, span.low >> bits - depth)
        for span, length in _spans((*KEPT_NETWORKS, *FIXED_NETWORKS), bits)
        for depth in range(length)
    )


def _spans(texts: Iterable[str], bits: int) -> Iterable[tuple[Span, int]]:
    spans = (values.cidr(text) for text in texts)
    return [(span, bits - (span.high - span.low).bit_length()) for span in spans if span.bits == bits]


def _within(number: int, bits: int, texts: Iterable[str]) -> bool:
    return any(span.low <= number <= span.high for span, _ in _fixed(bits, tuple(texts)))


@cache
def _fixed(bits: int, texts: tuple[str, ...]) -> tuple[tuple[Span, int], ...]:
    return tuple(_spans(texts, bits))
