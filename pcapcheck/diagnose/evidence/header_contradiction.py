"""A header is not what the profile intends: from the findings of rules, grouped by field, value, sender and place.

`about`: field, at, form, where, back (an answer), actual, expected, actual_is (whose the actual address or MAC is), sender, receiver,
node and interface where it was seen, rule.
"""

from collections.abc import Iterator

from pcapcheck.diagnose.case import Broken, Case
from pcapcheck.diagnose.fact import Fact, Word


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each field, place and sender."""
    groups: dict[tuple[object, ...], list[tuple[Broken, dict[str, Word]]]] = {}
    for broken in case.broken:
        for field in broken.finding.actual:
            about = _about(case, broken, field)
            key = (
                field,
                about["at"],
                about["sender"],
                about["node"],
                about["interface"],
                about["actual"],
                about["back"],
            )
            groups.setdefault(key, []).append((broken, about))
    for members in groups.values():
        yield _fact(case, members)


def _about(case: Case, broken: Broken, field: str) -> dict[str, Word]:
    finding = broken.finding
    row = case.directions[broken.direction] if broken.direction is not None else {}
    ends = case.ends(broken.direction) if broken.direction is not None else {}
    actual = finding.actual[field]
    return {
        **ends,
        "field": field,
        "at": finding.hop.role,
        "form": finding.hop.form,
        "side": finding.hop.side,
        "actual": actual,
        "expected": finding.expected[field],
        "actual_is": _whose(case, field, actual, ends.get("sender")),
        "who": row.get("who"),
        "where": row.get("where"),
        "back": not row.get("client", True),
        "node": finding.hop.node,
        "interface": finding.hop.interface,
        "pod": finding.hop.pod,
        "rule": finding.rule,
        "across_only": case.profile.traits.tunnel_between == "subnets",
        "severity": str(finding.severity),
    }


def _whose(case: Case, field: str, actual: str, node: str | None) -> str:
    """Say whose an address or MAC is."""
    name = field.removeprefix("inner.").partition("#")[0]
    if name in ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst"):
        return case.address_is(actual, node)
    if name in ("eth.src", "eth.dst"):
        return case.mac_is(actual, node)
    return actual


def _fact(case: Case, members: list[tuple[Broken, dict[str, Word]]]) -> Fact:
    about = members[0][1]
    place = f"{about['node']} {about['interface']}"
    frames = tuple(dict.fromkeys(frame for broken, _ in members for frame in broken.finding.frames))[:5]
    flows = {
        case.directions[broken.direction]["flow"] for broken, _ in members if broken.direction is not None
    }
    return Fact(
        evidence="header_contradiction",
        says=f"{about['field']} is {about['actual']}, not {about['expected']}, at {place}",
        flows=frozenset(flows),
        frames=frames,
        packets=sum(broken.finding.packets for broken, _ in members),
        about=about,
        findings=tuple(broken.number for broken, _ in members),
        filter=f"{str(about['field']).removeprefix('inner.')} == {about['actual']}",
    )
