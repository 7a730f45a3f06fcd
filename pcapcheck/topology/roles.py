"""Guesses the role of an interface from its name, as CNIs and the kernel choose names.

Takes a name, gives a role or None. The names stand in `devices` and in the rule files of CNIs.
"""

import re
from functools import cache
from typing import Final

from pcapcheck.topology.devices import GENERIC_NAMES, UPLINK
from pcapcheck.topology.interfacenames import cni_names
from pcapcheck.topology.topology import Role

# Where a name fits patterns of several roles, the first of these counts. No two roles share a name now, but
# the rule file of a CNI may add one that others have: `vxlan.*` is wide.
PRECEDENCE: Final = (
    Role.ANY,
    Role.LO,
    Role.POD,
    Role.VLAN,
    Role.MACVLAN,
    Role.IPVLAN,
    Role.VETH,
    Role.BRIDGE,
    Role.VTEP,
    Role.TUNNEL,
    Role.UPLINK,
)
_NAME_OF_GROUP: Final = re.compile(r"(?<=\(\?)P<\w+>")
_SURE_UPLINK: Final = re.compile(r"(?!eth)" + UPLINK)
HOST_SIDE: Final = frozenset(
    {Role.VETH, Role.BRIDGE, Role.VTEP, Role.TUNNEL, Role.VLAN, Role.MACVLAN, Role.IPVLAN}
)


def role_of(name: str) -> Role | None:
    """Return the role of an interface of this name, or None; `eth0`, which pods have too, is an uplink."""
    return next((role for role, pattern in _patterns().items() if pattern.fullmatch(name)), None)


def is_of_a_node(name: str) -> bool:
    """Return whether an interface of this name is found on nodes and never in pods."""
    return role_of(name) in HOST_SIDE or bool(_SURE_UPLINK.fullmatch(name))


@cache
def _patterns() -> dict[Role, re.Pattern[str]]:
    """Return one pattern for each role, in order of precedence."""
    known = (*GENERIC_NAMES, *cni_names())
    joined = {role: "|".join(each.pattern for each in known if each.role == role) for role in PRECEDENCE}
    # A pattern may have each name of a group only once; here the groups need none.
    return {role: re.compile(_NAME_OF_GROUP.sub(":", pattern)) for role, pattern in joined.items()}
