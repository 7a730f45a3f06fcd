"""Networks of pods: what their addresses have in common, where no node's address lies in between.

Takes the addresses that pods were seen to have, gives the smallest networks that hold them; addresses far
apart are of different networks. It is no guess at what was configured.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from pcapcheck.values import address_number, address_text

FAR: Final = {4: 16, 6: 48}  # prefix lengths: addresses that differ in these bits are of different networks
BITS: Final = {4: 32, 6: 128}


def networks(pods: Iterable[str], others: Iterable[str]) -> list[str]:
    """Return networks that hold the pods' addresses and none of the others.

    A lone address is a network of one.

    Args:
        pods: addresses of pods.
        others: addresses of nodes, routers and services.
    """
    strangers = [address_number(each) for each in others]
    groups: dict[tuple[int, int], list[int]] = {}
    for version, number in map(address_number, pods):
        groups.setdefault((version, number >> BITS[version] - FAR[version]), []).append(number)
    found = [(version, *_cover(version, numbers)) for (version, _), numbers in sorted(groups.items())]
    return [
        f"{address_text(version, low)}/{length}"
        for version, low, length in found
        if not any(family == version and _holds(version, low, length, number) for family, number in strangers)
    ]


def _cover(version: int, numbers: Sequence[int]) -> tuple[int, int]:
    """Return first address and prefix length of the smallest network that holds all numbers."""
    host = max(number ^ numbers[0] for number in numbers).bit_length()
    return numbers[0] >> host << host, BITS[version] - host


def _holds(version: int, low: int, length: int, number: int) -> bool:
    host = BITS[version] - length
    return number >> host == low >> host


def neighbours(addresses: Iterable[str], pods: Iterable[str]) -> list[str]:
    """Return those addresses that are as near to a pod's as pods are to each other."""
    known = {
        (version, number >> BITS[version] - FAR[version]) for version, number in map(address_number, pods)
    }
    numbers = ((each, *address_number(each)) for each in addresses)
    return [
        text
        for text, version, number in numbers
        if (version, number >> BITS[version] - FAR[version]) in known
    ]
