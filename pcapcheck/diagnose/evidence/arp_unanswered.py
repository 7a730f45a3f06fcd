"""ARP requests or neighbour solicitations without an answer at the asker's own point, after several tries.

The answer goes to the asker alone, so its absence at other points proves nothing. A repeated question,
however, shows that the asker got no answer, so tries may be counted at any point that the question is flooded
to. Two ends that are not meant to talk are left out: a macvlan pod and its own node, and pods of one parent
in private mode. Two tries are enough for a pod, a node or a gateway. Any other target, such as an address
that the topology does not know, needs three, and of a node also a conversation with the target that has no
answer. Another address of an asker that the topology does not know either is told by the asker's MAC.

`about`: asker and asker_is (pod or node), target (address), target_is (gateway, pod, node, router,
pod-network, external), node, interface, toward (the interface by which the target is reached), pod, at
(role), tries, sender and receiver (nodes), same_node, elsewhere (it was answered, and the answer was seen at
other points only), and the traits of the profile.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.domains import segment
from pcapcheck.diagnose.fact import Fact
from pcapcheck.diagnose.tenures import NOBODY
from pcapcheck.documents import values
from pcapcheck.topology.topology import Owner, OwnerKind, Role

REQUEST: Final = {"arp": 1, "nd": 135}
ANSWER: Final = {"arp": 2, "nd": 136}
APART: Final = 200_000_000  # ns between the first and the last try: the kernel asks once a second
SURELY: Final = 3  # tries, where an answer was seen elsewhere, or nobody is known to have the address
PROXY: Final = "169.254.1.1"  # the gateway of every pod with proxy ARP: Calico, AWS
NAMELESS: Final = (OwnerKind.EXTERNAL, OwnerKind.POD_NETWORK)
OURS: Final = (OwnerKind.POD, OwnerKind.NODE, OwnerKind.POD_NETWORK)


class Question(NamedTuple):
    """Who has the target? `owner` is who asks."""

    asker: str
    owner: Owner
    target: str


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each asker and target without an answer."""
    asked = case.variants("arp", "nd")
    if asked.is_empty():
        return
    requests = asked.filter(pl.col("source_port") == _operation(REQUEST))
    answers = asked.filter(pl.col("source_port") == _operation(ANSWER))
    grouped = requests.filter(pl.col("source") != pl.col("destination")).sort("point", "file", "frame1")
    for (asker, target), rows in grouped.group_by("source", "destination", maintain_order=True):
        question = Question(str(asker), _asker(case, str(asker), rows), str(target))
        own = rows.filter(pl.col("point").is_in(_own_points(case, question.owner)))
        if len(own) and _meant_to_speak(case, question):
            yield from _unanswered(case, question, own, rows, answers)


def _asker(case: Case, asker: str, rows: pl.DataFrame) -> Owner:
    """Return who asks: the owner of the address, else the pod or node that has the MAC."""
    owner = case.network.owners.of(asker)
    if owner.kind in OURS or asker in NOBODY:
        return owner
    owners = case.network.owners
    mac = rows["inner.eth.src"].drop_nulls()
    known = {
        Owner(OwnerKind.POD, each.pod, each.node) if each.pod else Owner(OwnerKind.NODE, each.node, each.node)
        for number in mac.unique().to_list()
        for each in owners.mac_owner(values.mac_text(number))
    }
    return next(iter(known)) if len(known) == 1 else _neighbour(case, mac, rows) or owner


def _neighbour(case: Case, mac: pl.Series, rows: pl.DataFrame) -> Owner | None:
    """Return the pod that sends from other addresses with this MAC at the same points, in its own veth."""
    sent = case.network.variants.filter(
        pl.col("inner.eth.src").is_in(mac.implode()) & pl.col("point").is_in(rows["point"].unique().implode())
    )
    owners = {case.network.owners.of(each) for each in sent["source"].drop_nulls().unique().to_list()}
    pods = {owner for owner in owners if owner.kind == OwnerKind.POD}
    return next(iter(pods)) if len(pods) == 1 else None


def _operation(numbers: dict[str, int]) -> pl.Expr:
    return pl.col("kind").replace_strict(numbers, default=0, return_dtype=pl.Int64)


def _own_points(case: Case, owner: Owner) -> list[int]:
    """Return the points where the asker sends: inside it and at its veth, or on its node."""
    if owner.kind == OwnerKind.POD:
        return case.network.points_where(lambda point: point.pod == owner.name)
    node = owner.node if owner.kind == OwnerKind.NODE else None
    return case.network.points_where(
        lambda point: node is not None and point.node == node and point.role != Role.POD
    )


def _meant_to_speak(case: Case, question: Question) -> bool:
    """Whether an answer is due: the target may be on the asker's link, and no isolation is intended."""
    one, other = question.owner, case.network.owners.of(question.target)
    if _is_gateway(case, question):
        return True
    if _is_guessed(case, one):
        return False
    if other.kind not in OURS:
        return _is_expected(case, question, other)
    pods = [case.network.topology.pods.get(each.name or "") for each in (one, other)]
    if len({segment(case.network.topology, pod) for pod in pods if pod}) > 1:
        return False
    if one.node != other.node or one.node is None:
        # Tenants with segments of their own are told apart by their tunnels, unless these were cut off.
        return not (case.network.topology.inferred and case.network.blind)
    parented = [pod for pod in pods if pod and pod.parent]
    if len(parented) == 1 and OwnerKind.NODE in (one.kind, other.kind):
        return False  # a macvlan pod and its node never hear each other
    return not parented or case.profile.traits.same_node != "never"


def _is_guessed(case: Case, asker: Owner) -> bool:
    """Whether a pod was inferred without its MAC, so that nobody knows who should hear it."""
    pod = case.network.topology.pods.get(asker.name or "") if asker.kind == OwnerKind.POD else None
    return bool(pod and not pod.mac and case.network.topology.inferred)


def _is_expected(case: Case, question: Question, target: Owner) -> bool:
    """Whether an asker needs a target that is no pod or node: it is on its only link, or somebody waits."""
    if question.owner.kind == OwnerKind.POD:
        pod = case.network.topology.pods.get(question.owner.name or "")
        return target.kind == OwnerKind.EXTERNAL and pod is not None and not pod.parent
    if target.kind == OwnerKind.ROUTER:
        return True
    waiting = (
        row for row in case.directions if row["destination"] == question.target and row["who"] != "arp"
    )
    return target.kind == OwnerKind.EXTERNAL and any(row["reverse"] is None for row in waiting)


def _is_gateway(case: Case, question: Question) -> bool:
    """Whether a pod asks for the address through which it reaches others."""
    asker, target = question.owner, question.target
    pod = case.network.topology.pods.get(asker.name or "") if asker.kind == OwnerKind.POD else None
    if pod is None:
        return False
    wanted = case.network.owners.of(target)
    on_its_node = wanted.kind == OwnerKind.NODE and wanted.node == pod.node and not pod.parent
    mac = case.profile.value(case.profile.traits.gateway_mac)
    named = (pod.gateway_ip, PROXY, _link_local(mac) if isinstance(mac, str | int) else None)
    guessed = (
        case.network.topology.inferred and not pod.parent and wanted.kind in NAMELESS and _is_first(target)
    )
    return on_its_node or target in named or wanted.kind == OwnerKind.ROUTER or bool(guessed)


def _is_first(address: str) -> bool:
    """Whether an address is the first of its subnet of usual size, which most CNIs give the gateway.

    containernetworking/plugins, plugins/ipam/host-local/backend/allocator/range.go: Canonicalize.
    """
    version, number = values.address_number(address)
    return number & (0xFF if version == 4 else 0xFFFFFFFF) == 1


def _link_local(mac: str | int) -> str:
    """Return the IPv6 address that an interface derives from its MAC (RFC 4291, appendix A)."""
    number = values.mac_number(mac) if isinstance(mac, str) else mac
    low = ((number >> 24) ^ 0x020000) << 40 | 0xFFFE << 24 | (number & 0xFFFFFF)
    return values.address_text(6, 0xFE80 << 112 | low)


def _unanswered(
    case: Case, question: Question, own: pl.DataFrame, every: pl.DataFrame, answers: pl.DataFrame
) -> Iterator[Fact]:
    """Yield a fact if the asker's own points saw the question repeated, and no answer.

    If the capture there is too short to tell, other points (`every`) may show that the question was repeated.
    """
    target = question.target
    answer = (pl.col("source") == target) & (pl.col("destination") == question.asker)
    advertised = (pl.col("kind") == "nd") & (pl.col("destination") == target)
    matching = answers.filter(answer | advertised)
    if matching["point"].is_in(own["point"].unique().implode()).any():
        return
    first = own.filter(pl.col("point") == own["point"][0])
    kind = case.network.owners.of(target).kind
    known = kind in (OwnerKind.POD, OwnerKind.NODE) or _is_gateway(case, question)
    needed = 2 if known and matching.is_empty() else SURELY
    if _tries(first) >= needed or (_went_on(case, first) and _most_tries(every) >= SURELY):
        yield _fact(case, question, first, elsewhere=len(matching) > 0)


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


def _fact(case: Case, question: Question, own: pl.DataFrame, *, elsewhere: bool) -> Fact:
    point = case.point(own["point"][0])
    asker, owner, target = question
    wanted = case.network.owners.of(target)
    gateway, tries = _is_gateway(case, question), _tries(own)
    receiver = wanted.node if _has_name(case, wanted.node) else None
    return Fact(
        evidence="arp_unanswered",
        says=f"{owner.name or asker} asks {tries} times who has {target}, and gets no answer",
        flows=frozenset(_waiting(case, question, gateway=gateway)),
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
            "toward": case.door(wanted.name) if receiver else None,
            "pod": point.pod,
            "at": str(point.role),
            "sender": owner.node,
            "receiver": receiver or owner.node,
            "same_node": owner.node == wanted.node,
            "tries": tries,
            "elsewhere": elsewhere,
            "expected": target,
            "from_hop": point.text,
            **case.traits,
        },
        filter=f"arp.dst.proto_ipv4 == {target}" if ":" not in target else "icmpv6.type == 135",
    )


def _has_name(case: Case, node: str | None) -> bool:
    """Whether a node is known by more than an address in the packets of others."""
    named = {point.node for point in case.network.capture_points}
    return node is not None and (node in named or not case.network.topology.inferred)


def _waiting(case: Case, question: Question, *, gateway: bool) -> Iterator[int]:
    """Yield the flows that wait for the answer: those to the target, or all flows through a gateway."""
    asker, owner, target = question
    wanted = case.network.owners.of(target)
    between_nodes = owner.kind == wanted.kind == OwnerKind.NODE and owner.node != wanted.node

    def waits(row: dict[str, Any]) -> bool:
        if between_nodes and row["destination_node"] == wanted.node:
            return bool(row["source_node"] == owner.node)
        if gateway and (":" in (row["source"] or "")) != (":" in target):
            return False
        mine = row["source"] == asker or (owner.kind == OwnerKind.NODE and row["who"] != "arp")
        return mine and (gateway or row["destination"] == target)

    yield from (row["flow"] for row in case.directions if waits(row))
