"""ARP requests or neighbour solicitations without an answer at the asker's own point, after two tries.

The answer goes to the asker alone, so its absence at other points proves nothing. A repeated question,
however, shows that the asker got no answer, so tries may be counted at any point that the question is flooded
to. Two ends that are not meant to talk are left out: a macvlan pod and its own node, and pods of one parent
in private mode.

`about`: asker and asker_is (pod or node), target (address), target_is (gateway, pod, node, pod-network),
node, interface, toward (the interface by which the target is reached), pod, at (role), tries, sender and
receiver (nodes), same_node, elsewhere (it was answered, and the answer was seen at other points only), and
the traits of the profile.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.domains import segment
from pcapcheck.diagnose.fact import Fact
from pcapcheck.documents import values
from pcapcheck.topology.topology import Owner, OwnerKind, Role

REQUEST: Final = {"arp": 1, "nd": 135}
ANSWER: Final = {"arp": 2, "nd": 136}
APART: Final = 200_000_000  # ns between the first and the last try: the kernel asks once a second
SURELY: Final = 3  # tries, where an answer was seen elsewhere, or nobody is known to have the address
PROXY: Final = "169.254.1.1"  # the gateway of every pod with proxy ARP: Calico, AWS
OURS: Final = (OwnerKind.POD, OwnerKind.NODE, OwnerKind.POD_NETWORK)


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each asker and target without an answer."""
    asked = case.variants("arp", "nd")
    if asked.is_empty():
        return
    requests = asked.filter(pl.col("source_port") == _operation(REQUEST))
    answers = asked.filter(pl.col("source_port") == _operation(ANSWER))
    grouped = requests.filter(pl.col("source") != pl.col("destination")).sort("point", "file", "frame1")
    for (asker, target), rows in grouped.group_by("source", "destination", maintain_order=True):
        own = rows.filter(pl.col("point").is_in(_own_points(case, str(asker))))
        if len(own) and _meant_to_speak(case, str(asker), str(target)):
            yield from _unanswered(case, str(asker), str(target), own, rows, answers)


def _operation(numbers: dict[str, int]) -> pl.Expr:
    return pl.col("kind").replace_strict(numbers, default=0, return_dtype=pl.Int64)


def _own_points(case: Case, asker: str) -> list[int]:
    """Return the points where the asker sends: inside it and at its veth, or on its node."""
    owner = case.network.owners.of(asker)
    if owner.kind == OwnerKind.POD:
        return case.network.points_where(lambda point: point.pod == owner.name)
    node = owner.node if owner.kind == OwnerKind.NODE else None
    return case.network.points_where(
        lambda point: node is not None and point.node == node and point.role != Role.POD
    )


def _meant_to_speak(case: Case, asker: str, target: str) -> bool:
    """Whether an answer is due: the target is a pod, a node or the gateway, and no isolation is intended."""
    one, other = case.network.owners.of(asker), case.network.owners.of(target)
    if _is_gateway(case, one, target):
        return True
    if other.kind not in OURS:
        return False
    pods = [case.network.topology.pods.get(each.name or "") for each in (one, other)]
    if len({segment(case.network.topology, pod) for pod in pods if pod}) > 1:
        return False
    if one.node != other.node or one.node is None:
        return True
    parented = [pod for pod in pods if pod and pod.parent]
    if len(parented) == 1 and OwnerKind.NODE in (one.kind, other.kind):
        return False  # a macvlan pod and its node never hear each other
    return not parented or case.profile.traits.same_node != "never"


def _is_gateway(case: Case, asker: Owner, target: str) -> bool:
    """Whether a pod asks for the address through which it reaches others."""
    pod = case.network.topology.pods.get(asker.name or "") if asker.kind == OwnerKind.POD else None
    if pod is None:
        return False
    wanted = case.network.owners.of(target)
    on_its_node = wanted.kind == OwnerKind.NODE and wanted.node == pod.node and not pod.parent
    mac = case.profile.value(case.profile.traits.gateway_mac)
    named = (pod.gateway_ip, PROXY, _link_local(mac) if isinstance(mac, str | int) else None)
    return on_its_node or target in named or wanted.kind == OwnerKind.ROUTER


def _link_local(mac: str | int) -> str:
    """Return the IPv6 address that an interface derives from its MAC (RFC 4291, appendix A)."""
    number = values.mac_number(mac) if isinstance(mac, str) else mac
    low = ((number >> 24) ^ 0x020000) << 40 | 0xFFFE << 24 | (number & 0xFFFFFF)
    return values.address_text(6, 0xFE80 << 112 | low)


def _unanswered(
    case: Case, asker: str, target: str, own: pl.DataFrame, every: pl.DataFrame, answers: pl.DataFrame
) -> Iterator[Fact]:
    """Yield a fact if the asker's own points saw the question repeated, and no answer.

    If the capture there is too short to tell, other points (`every`) may show that the question was repeated.
    """
    answer = (pl.col("source") == target) & (pl.col("destination") == asker)
    advertised = (pl.col("kind") == "nd") & (pl.col("destination") == target)
    matching = answers.filter(answer | advertised)
    if matching["point"].is_in(own["point"].unique().implode()).any():
        return
    first = own.filter(pl.col("point") == own["point"][0])
    known = case.network.owners.of(target).kind != OwnerKind.POD_NETWORK
    needed = 2 if known and matching.is_empty() else SURELY
    if _tries(first) >= needed or (_went_on(case, first) and _most_tries(every) >= SURELY):
        yield _fact(case, asker, target, first, elsewhere=len(matching) > 0)


def _went_on(case: Case, own: pl.DataFrame) -> bool:
    """Whether the capture at the asker's point went on long enough for an answer to the last question."""
    point = own["point"][0]
    window = case.network.windows.filter(pl.col("point") == point).drop_nulls("from")
    ahead = case.network.offsets.get(case.point(point).node or "", 0)
    last = int(own["last"].to_numpy().max()) - ahead
    return len(window) > 0 and int(window["to"][0]) > last + APART


def _most_tries(every: pl.DataFrame) -> int:
    """Return how often the question was seen, at the point that saw it most often."""
    return max(_tries(rows) for _, rows in every.group_by("point"))


def _tries(own: pl.DataFrame) -> int:
    """Return the number of tries: packets that are far enough apart."""
    span = int(own["last"].max() or 0) - int(own["first"].min() or 0)  # type: ignore[arg-type]  # of integers
    return int(own["packets"].sum()) if span > APART else 1


def _fact(case: Case, asker: str, target: str, own: pl.DataFrame, *, elsewhere: bool) -> Fact:
    point = case.point(own["point"][0])
    owner, wanted = case.network.owners.of(asker), case.network.owners.of(target)
    gateway, tries = _is_gateway(case, owner, target), _tries(own)
    return Fact(
        evidence="arp_unanswered",
        says=f"{owner.name or asker} asks {tries} times who has {target}, and gets no answer",
        flows=frozenset(_waiting(case, asker, target, gateway=gateway)),
        frames=case.frames(own),
        packets=tries,
        about={
            "asker": owner.name or asker,
            "asker_is": str(owner.kind),
            "target": target,
            "target_is": "gateway" if gateway else str(wanted.kind),
            "target_name": wanted.name,
            "node": point.node or owner.node,
            "interface": point.interface,
            "in_pod": point.inside,
            "toward": case.door(wanted.name),
            "pod": point.pod,
            "at": str(point.role),
            "sender": owner.node,
            "receiver": wanted.node or owner.node,
            "same_node": owner.node == wanted.node,
            "tries": tries,
            "elsewhere": elsewhere,
            "expected": target,
            "from_hop": point.text,
            **case.traits,
        },
        filter=f"arp.dst.proto_ipv4 == {target}" if ":" not in target else "icmpv6.type == 135",
    )


def _waiting(case: Case, asker: str, target: str, *, gateway: bool) -> Iterator[int]:
    """Yield the flows that wait for the answer: those to the target, or all flows through a gateway."""
    owner, wanted = case.network.owners.of(asker), case.network.owners.of(target)
    between_nodes = owner.kind == wanted.kind == OwnerKind.NODE and owner.node != wanted.node

    def waits(row: dict[str, Any]) -> bool:
        if between_nodes and row["destination_node"] == wanted.node:
            return bool(row["source_node"] == owner.node)
        mine = row["source"] == asker or (owner.kind == OwnerKind.NODE and row["who"] != "arp")
        return mine and (gateway or row["destination"] == target)

    yield from (row["flow"] for row in case.directions if waits(row))
