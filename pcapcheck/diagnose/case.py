"""Case: all that evidence is taken from, which is the network, the broken rules and the profile.

It answers the questions that many kinds of evidence ask, and judges nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from pcapcheck.check.checker import Judged, frames_of
from pcapcheck.check.finding import Finding, Frame, Severity
from pcapcheck.check.profile import Profile
from pcapcheck.collect.counts import FRAMES_KEPT
from pcapcheck.correlate.network import Network
from pcapcheck.diagnose.fact import Word
from pcapcheck.documents import values
from pcapcheck.topology.names import Names
from pcapcheck.topology.topology import CapturePoint, OwnerKind, Role

PODS_OR_THEIR_NETWORK = (OwnerKind.POD, OwnerKind.POD_NETWORK)


@dataclass(frozen=True, slots=True)
class Broken:
    """A finding with its number in the report and the direction that it is about, None for ARP.

    `consequence` says that it is about what became of packets, and so follows from whatever happened to them.
    """

    number: int
    finding: Finding
    direction: int | None
    consequence: bool = False


@dataclass(frozen=True)
class Case:
    """All that evidence is taken from.

    Attributes:
        network: what correlation found.
        profile: the main profile.
        broken: findings.
        explained: flows that an earlier cause explains; evidence of loss leaves them out.
    """

    network: Network
    profile: Profile
    broken: tuple[Broken, ...]
    explained: frozenset[int] = field(default_factory=frozenset)

    @cached_property
    def names(self) -> Names:
        """The values that the topology gives for addresses and points."""
        return Names(self.network.topology, self.profile.value(self.profile.traits.gateway_mac))

    @cached_property
    def traits(self) -> dict[str, Word]:
        """The profile's traits, as words of facts; `neighbours` is how pods of one node talk."""
        traits = self.profile.traits
        return {
            "across_only": traits.tunnel_between == "subnets",
            "encrypted": traits.encrypted,
            "bridged": traits.bridged,
            "shared_mac": traits.shared_mac,
            "announced": traits.announced,
            "neighbours": traits.same_node,
            "tunnel": traits.tunnel,
        }

    @cached_property
    def tenants(self) -> frozenset[str]:
        """The VNIs of all tenants as text; empty if pods have no segments of their own."""
        return frozenset(str(pod.vni) for pod in self.network.topology.pods.values() if pod.vni is not None)

    @cached_property
    def directions(self) -> list[dict[str, Any]]:
        """The directions by number, each as a mapping of its columns."""
        return self.network.directions.to_dicts()

    @cached_property
    def flows(self) -> dict[int, list[dict[str, Any]]]:
        """The directions of each flow, the client's first."""
        found: dict[int, list[dict[str, Any]]] = {}
        for row in self.directions:
            found.setdefault(row["flow"], []).append(row)
        return {
            flow: sorted(rows, key=lambda row: (not row["client"], row["direction"]))
            for flow, rows in found.items()
        }

    def variants(self, *kinds: str) -> pl.DataFrame:
        """Return the variants of some kinds (identity.KINDS) that were seen at a capture point."""
        every = self.network.variants
        return (
            every.filter(pl.col("kind").is_in(kinds) & pl.col("point").is_not_null()) if len(every) else every
        )

    def point(self, number: int | None) -> CapturePoint:
        """Return a capture point; a nameless one for None."""
        found = self.network.capture_points[number] if number is not None else None
        return found or CapturePoint(None, "", Role.ANY)

    def frames(self, rows: pl.DataFrame) -> tuple[Frame, ...]:
        """Return the first frames of some variants."""
        columns = ["file", *(f"frame{k + 1}" for k in range(FRAMES_KEPT))]
        return frames_of(rows.select(columns).head(FRAMES_KEPT).to_dicts(), self.network)

    def looked(self, points: Sequence[int], rows: pl.DataFrame) -> bool:
        """Whether a point was capturing when variants passed other points, by aligned clocks."""
        if self.network.windows.is_empty() or rows.is_empty():
            return False
        ahead = self.network.offsets.get(self.point(rows["point"][0]).node or "", 0)
        first, last = int(rows["first"].to_numpy().min()) - ahead, int(rows["last"].to_numpy().max()) - ahead
        windows = self.network.windows.filter(pl.col("point").is_in(points)).drop_nulls("from")
        return bool(((windows["from"] <= first) & (windows["to"] >= last)).any())

    def ends(self, direction: int) -> dict[str, str | None]:
        """Return sender, receiver (nodes), source and destination (names, else addresses) of a direction."""
        row = self.directions[direction]
        return {
            "sender": row["source_node"],
            "receiver": row["destination_node"],
            "source": row["source_name"] or row["source"],
            "destination": row["destination_name"] or row["destination"],
            "flow": row["flow_text"],
        }

    def address_is(self, address: str, node: str | None) -> str:
        """Return what an address is to a node: this node, another node, pod, service, router or unknown."""
        owner = self.network.owners.of(address)
        if owner.kind == OwnerKind.NODE:
            return "this node" if owner.node == node else "another node"
        words = {OwnerKind.EXTERNAL: "unknown", OwnerKind.POD_NETWORK: "pod network"}
        return words.get(owner.kind, str(owner.kind))

    def mac_is(self, mac: str, node: str | None) -> str:
        """Return whose a MAC is for a node: this node's, another node's, a pod's, or unknown."""
        owners = self.network.owners.mac_owner(mac)
        if not owners:
            return "unknown"
        if any(owner.pod for owner in owners):
            return "pod"
        return "this node" if any(owner.node == node for owner in owners) else "another node"

    def sent_by(self, row: Mapping[str, Any]) -> str | None:
        """Return the node that sent a variant: by the tunnel's outer source, else by the MAC."""
        outer, mac = row["ip.src"], row["eth.src"]
        if row["form"] != "plain" and outer is not None:
            return self.network.owners.node_of(values.ipv4_text(outer))
        owners = self.network.owners.mac_owner(values.mac_text(mac)) if mac is not None else ()
        return owners[0].node if owners else None

    def device(self, node: str | None, *roles: str, pod: Word = None) -> str | None:
        """Return the first interface of a node that has one of these roles, in the order of the roles.

        A veth of the pod in question goes before those of others.
        """
        known = self.network.topology.nodes.get(node or "")
        found = [each for role in roles for each in known.of_role(role)] if known else []
        own = [each for each in found if each.pod is not None and each.pod == pod]
        return next((each.name for each in own or found), None)

    def door(self, pod: str | None) -> str | None:
        """Return the interface of its node through which a pod is reached: its veth, or its parent."""
        known = self.network.topology.pods.get(pod or "")
        if known is None:
            return None
        return known.parent or self.device(known.node, Role.VETH, pod=pod)


def broken_rules(judged: Sequence[Judged]) -> tuple[Broken, ...]:
    """Return the findings that may be evidence, with their numbers in order; information is none."""
    pairs = [
        (finding, direction, each.rule.assertion is not None)
        for each in judged
        for finding, direction in zip(each.findings, each.directions, strict=True)
    ]
    numbered = (Broken(number, *pair) for number, pair in enumerate(pairs))
    return tuple(each for each in numbered if each.finding.severity is not Severity.INFO)
