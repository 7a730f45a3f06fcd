"""A header is not what the profile intends: findings of rules, by field, value, sender and place.

`about`: field, at, form, where, back (an answer), actual, expected, actual_is (whose the actual address, MAC
or VNI is), actual_node, announced (each node announces its own address, and no tunnel comes from the expected
one), beside (of a VNI: the same node sends the intended one to the same peer meanwhile),
sender, receiver, node and interface where it was seen, in_pod (the pod whose own interface that is), own
(that is the sender's node), rule, and the traits of the profile.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.check.finding import Hop
from pcapcheck.decode.tunnels import TUNNELS, VNI
from pcapcheck.diagnose.case import Broken, Case
from pcapcheck.diagnose.fact import Fact, Word
from pcapcheck.documents import values
from pcapcheck.topology.topology import CapturePoint, Role

PROMISES: Final = frozenset(("delivered", "symmetric", "in_order", "once"))  # of whole flows, not of headers
OUR_FIELDS: Final = ("form", "stack")  # of pcapcheck, not of Wireshark
MACS: Final = ("eth.src", "eth.dst", "arp.src.hw_mac")
VNIS: Final = tuple(each.id for each in TUNNELS if each.id_name == VNI)
OUTER: Final = ("ip.src", "ip.dst", "ipv6.src", "ipv6.src~", "ipv6.dst", "ipv6.dst~")
ADDRESSES: Final = ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst")


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each field, place and sender."""
    groups: dict[tuple[object, ...], list[tuple[Broken, dict[str, Word]]]] = {}
    for broken in case.broken:
        for field in sorted(broken.finding.actual.keys() - PROMISES):
            about = _about(case, broken, field)
            key = (
                field,
                about["at"],
                about["sender"],
                about["node"],
                about["interface"],
                about["in_pod"],
                about["actual"],
                about["back"],
            )
            groups.setdefault(key, []).append((broken, about))
    for members in groups.values():
        fact = _fact(case, members)
        if fact.packets > 1 or fact.about["who"] != "host":  # one multicast of some device says little
            yield fact


def _about(case: Case, broken: Broken, field: str) -> dict[str, Word]:
    finding = broken.finding
    row = case.directions[broken.direction] if broken.direction is not None else {}
    ends: dict[str, str | None] = case.ends(broken.direction) if broken.direction is not None else {}
    actual = finding.actual[field]
    ends["sender"] = ends.get("sender") or _tunnels(case, broken)
    return {
        **ends,
        "field": field,
        "at": finding.hop.role,
        "form": finding.hop.form,
        "side": finding.hop.side,
        "actual": actual,
        "expected": finding.expected[field],
        "actual_is": _whose(case, field, actual, ends.get("sender")),
        "actual_node": _lives(case, field, actual) or finding.hop.node,
        "beside": _name(field) in VNIS and _beside(case, broken, field),
        "who": row.get("who"),
        "where": row.get("where"),
        "back": not row.get("client", True),
        "node": finding.hop.node,
        "interface": finding.hop.interface,
        "in_pod": _point(finding.hop).inside,
        "pod": finding.hop.pod,
        "own": finding.hop.node is not None and finding.hop.node == ends.get("sender"),
        "rule": finding.rule,
        **case.traits,
        "announced": bool(case.traits["announced"]) and not _sends_as(case, finding.expected[field]),
        "severity": str(finding.severity),
    }


def _point(hop: Hop) -> CapturePoint:
    return CapturePoint(hop.node, hop.interface, Role(hop.role), hop.pod)


def _tunnels(case: Case, broken: Broken) -> str | None:
    """Return the node that sends packets whose inner source has no known owner, by the outermost source."""
    if broken.direction is None or broken.finding.hop.form == "plain":
        return None
    mine = case.network.variants.filter(pl.col("direction") == broken.direction)
    outer = mine.filter(pl.col("form") == broken.finding.hop.form)["ip.src"].drop_nulls()
    return case.network.owners.node_of(values.ipv4_text(outer[0])) if len(outer) else None


def _beside(case: Case, broken: Broken, field: str) -> bool:
    """Whether frames with the intended value pass between the same tunnel ends before and after these."""
    finding, name = broken.finding, _name(field)
    if name not in case.network.variants.columns or not finding.expected[field].isdecimal():
        return False
    at = case.network.variants.filter(form=finding.hop.form, role=finding.hop.role)
    wrong = at.filter(pl.col(name) == int(finding.actual[field]), direction=broken.direction)
    right = at.filter(pl.col(name) == int(finding.expected[field]))
    same = right.join(wrong.select(OUTER), on=OUTER, how="semi", nulls_equal=True)
    if wrong.is_empty() or same.is_empty():
        return False
    spans = [(each["first"].to_numpy().min(), each["last"].to_numpy().max()) for each in (wrong, same)]
    return bool(spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1])


def _sends_as(case: Case, address: str) -> bool:
    """Whether tunnels come from an address: whoever has it knows that it is its own."""
    tunnels = case.network.variants.filter(pl.col("form") != "plain")
    return address in map(values.ipv4_text, tunnels["ip.src"].drop_nulls().unique().to_list())


def _name(field: str) -> str:
    return field.removeprefix("inner.").partition("#")[0]


def _whose(case: Case, field: str, actual: str, node: str | None) -> str:
    """Return the owner of an address, MAC or VNI."""
    if _name(field) in ADDRESSES and actual != "absent":
        return case.address_is(actual, node)
    if _name(field) in MACS:
        return case.mac_is(actual, node)
    if _name(field) in VNIS:
        return "another tenant" if actual in case.tenants else "unknown"
    return actual


def _lives(case: Case, field: str, actual: str) -> str | None:
    """Return the node on which an address or MAC is."""
    if actual == "absent":
        return None
    if _name(field) in ADDRESSES:
        return case.network.owners.node_of(actual)
    owners = case.network.owners.mac_owner(actual) if _name(field) in MACS else ()
    return owners[0].node if len({owner.node for owner in owners}) == 1 else None


def _fact(case: Case, members: list[tuple[Broken, dict[str, Word]]]) -> Fact:
    about = members[0][1]
    place = _point(members[0][0].finding.hop).text
    frames = tuple(dict.fromkeys(frame for broken, _ in members for frame in broken.finding.frames))[:5]
    flows = {
        case.directions[broken.direction]["flow"] for broken, _ in members if broken.direction is not None
    }
    return Fact(
        evidence="header_contradiction",
        says=f"{about['field']} is {about['actual']}, expected {about['expected']}, at {place}",
        flows=frozenset(flows),
        frames=frames,
        packets=sum(broken.finding.packets for broken, _ in members),
        about=about,
        findings=tuple(broken.number for broken, _ in members),
        filter=_filter(str(about["field"]), str(about["actual"])),
    )


def _filter(field: str, actual: str) -> str | None:
    """Return a display filter that shows the value; None for a field that Wireshark does not have."""
    name = _name(field)
    if name in OUR_FIELDS:
        return None
    return f"!{name}" if actual == "absent" else f"{name} == {actual}"
