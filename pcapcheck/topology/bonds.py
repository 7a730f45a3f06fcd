"""Bonds and teams: which uplinks of a node are the slaves of another.

A packet crosses the bond and one of its slaves, so the two are a stack of devices and no two ways out.
"""

import re
from collections.abc import Mapping
from typing import Final

from pcapcheck.topology.topology import Interface, Node, Role

_KINDS: Final = ("bond", "team")
_NAMES: Final = re.compile(r"(?:bond|team)\d*")


def slaves(node: Node) -> Mapping[str, str]:
    """Return the slaves of a node's bonds: name of the slave -> name of the bond.

    A slave names its bond as its parent, or it has no address and the bond's MAC, which the kernel gives it
    (drivers/net/bonding/bond_main.c, bond_enslave).
    """
    uplinks = node.of_role(Role.UPLINK)
    found = ((each.name, _bond(each, uplinks)) for each in uplinks)
    return {name: bond for name, bond in found if bond}


def _bond(slave: Interface, uplinks: tuple[Interface, ...]) -> str | None:
    """Return the name of the bond that an uplink is a slave of, or None."""
    others = [each for each in uplinks if each.name != slave.name]
    named = next((each.name for each in others if each.name == slave.parent), None)
    if named or slave.addresses or not slave.mac or _is_bond(slave):
        return named
    return next((each.name for each in others if each.mac == slave.mac and _is_bond(each)), None)


def _is_bond(interface: Interface) -> bool:
    kind = interface.parameters.get("type")
    return kind in _KINDS or _NAMES.fullmatch(interface.name) is not None
