"""Names for values of fields: a MAC is that of the destination's VTEP, an address that of the sending pod.

Takes the context of a packet, and gives the variables of rules that have its value, the most telling first.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from pcapcheck.check.rulecontext import RuleContext
from pcapcheck.documents import values
from pcapcheck.documents.values import Span
from pcapcheck.observe.kinds import FLOW_ENDS, Observed
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import OwnerKind, Role

DEVICE_ROLES: Final = (
    Role.VTEP,
    Role.TUNNEL,
    Role.BRIDGE,
    Role.UPLINK,
    Role.VLAN,
    Role.VETH,
    Role.MACVLAN,
    Role.IPVLAN,
)


@cache
def variables(kind: str) -> tuple[str, ...]:
    """Return the variables that a field of this kind may equal, the most specific first."""
    if kind == "mac":
        of_pods = [f"{end}.{rest}" for end in FLOW_ENDS for rest in ("pod.mac", "gateway.mac")]
        return (
            *of_pods,
            *(f"{end}.node.{role}.mac" for role in DEVICE_ROLES for end in FLOW_ENDS),
            "here.mac",
        )
    if kind in ("ipv4", "ipv6"):
        ends = [f"{end}.{rest}" for rest in ("pod.addresses", "node.addresses") for end in FLOW_ENDS]
        devices = [f"{end}.node.{role}.addresses" for role in DEVICE_ROLES[:3] for end in FLOW_ENDS]
        return (*ends, *devices, "source.address", "destination.address")
    return ()


class Namer:
    """Names the values of fields in one network."""

    def __init__(self, surroundings: RuleContext, owners: Owners) -> None:
        self._around = surroundings
        self._owners = owners

    def holding(
        self, row: Mapping[str, Any], field: Observed, value: int, among: Sequence[str]
    ) -> Iterator[str]:
        """Yield the variables that have the value of a field in a packet.

        Args:
            row: the context of the packet: source_end, destination_end, point.
            field: a field of the packet.
            value: its value.
            among: the variables to try, without the dollar sign.
        """
        view = self._around.view(row, ())
        for path in among:
            if any(_equal(value, each) for each in view.variable(path, field.name) or ()):
                yield path

    def named(self, row: Mapping[str, Any], field: Observed, value: int) -> str:
        """Return a value in a form that can be compared between runs: a variable, its owner, or itself."""
        if not field.is_address:
            return str(value)
        path = next(self.holding(row, field, value, variables(field.kind)), None)
        return f"${path}" if path else self._owner(field, values.written(field.kind, value))

    def is_owned(self, field: Observed, value: int | str) -> bool:
        """Whether a value is the MAC of exactly one interface of the topology."""
        if field.kind != "mac" or not isinstance(value, int):
            return False
        return len(self._owners.mac_owner(values.mac_text(value))) == 1

    def _owner(self, field: Observed, text: str) -> str:
        if field.kind == "mac":
            owners = self._owners.mac_owner(text)
            return f"{owners[0].interface} of {owners[0].pod or owners[0].node}" if len(owners) == 1 else text
        owner = self._owners.of(text)
        if owner.kind in (OwnerKind.NODE, OwnerKind.POD, OwnerKind.SERVICE) and owner.name:
            return f"{owner.kind} {owner.name}"
        return str(owner.kind)


def _equal(value: int, wanted: object) -> bool:
    if isinstance(wanted, Span):
        return wanted.low <= value <= wanted.high
    return value == wanted
