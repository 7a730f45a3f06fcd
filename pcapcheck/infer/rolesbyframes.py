"""The role of a vantage point, recognised by its frames if its name does not tell it.

An uplink shows tunnels and tags. The device of a tunnel shows frames that are inside a tunnel elsewhere. A
veth and its pod show one station that speaks for itself, a bridge several, and one that forwards.
"""

from collections.abc import Callable
from typing import Final

from pcapcheck.bind.vantagepoint import VantagePoint
from pcapcheck.decode.registry import link_type
from pcapcheck.infer.stations import Station, Stations, stations
from pcapcheck.topology.devices import ETHER, LOOPBACK
from pcapcheck.topology.topology import Role

_FRAMES: Final = (None, ETHER)  # Ethernet captures have no hardware type

Pairs = frozenset[tuple[str | None, str | None]]


def role_seen(vantage: VantagePoint, tunnelled: Pairs, nearest: Callable[[str], bool | None]) -> Role | None:
    """Return the role of a vantage point, None if its frames do not tell.

    Args:
        vantage: what was seen.
        tunnelled: (source, destination) MACs of the frames that any vantage point saw inside a tunnel.
        nearest: whether this vantage point is the nearest to an address.
    """
    if not vantage.seen:
        return None
    if vantage.hatype == LOOPBACK or all(_is_loop(each.source) for each in vantage.seen if each.source):
        return Role.LO
    if link_type(vantage.linktype).bare or vantage.hatype not in _FRAMES:
        return Role.TUNNEL
    if any(each.form != "plain" or each.tag is not None for each in vantage.seen):
        return Role.UPLINK
    if _is_inside(vantage, tunnelled):
        return Role.VTEP
    return _by_stations(vantage, stations(vantage), nearest)


def _is_loop(address: str | None) -> bool:
    return address is not None and (address.startswith("127.") or address == "::1")


def _is_inside(vantage: VantagePoint, tunnelled: Pairs) -> bool:
    """Return whether nearly all frames here are inside a tunnel elsewhere.

    Frames of cooked captures have no destination MAC.
    """
    froms = {source for source, _ in tunnelled}
    known = [
        (each.mac_from, each.mac_to) in tunnelled if each.mac_to else each.mac_from in froms
        for each in vantage.seen
        if each.mac_from and each.is_data
    ]
    return bool(known) and all(known)


def _by_stations(vantage: VantagePoint, found: Stations, nearest: Callable[[str], bool | None]) -> Role:
    """Distinguish pod, veth, bridge and plain uplink: some stations send for themselves, some forward."""
    forwarding = [each for each in found.by_mac.values() if each.forwards]
    speaking = [each for each in found.by_mac.values() if each.own and not each.forwards]
    if vantage.index is not None:
        return _of_node(speaking, forwarding, nearest)
    alone = [each for each in found.everywhere() if each in speaking]
    if alone:
        at_end = [nearest(address) for each in alone for address in each.own]
        return Role.VETH if at_end and None not in at_end and True not in at_end else Role.POD
    return Role.BRIDGE if len(forwarding) == 1 and speaking else Role.UPLINK


def _of_node(
    speaking: list[Station], forwarding: list[Station], nearest: Callable[[str], bool | None]
) -> Role:
    """Distinguish the interfaces of a node by whose frames arrive there.

    At a veth that is its pod, which is nearer nowhere else.
    """
    coming = [each for each in speaking if each.come]
    if any(each.come for each in forwarding) or not coming:
        return Role.UPLINK
    at_end = [nearest(address) for address in coming[0].own]
    return Role.VETH if len(coming) == 1 and False not in at_end else Role.BRIDGE
