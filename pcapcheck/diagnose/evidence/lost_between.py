"""Packets are lost between two capture points: where, what share, and what separates lost from delivered.

`about`: from_role, to_role, from_node, to_node, from_interface, to_interface, from_hop, to_hop, toward (the
node's interface before which they are lost), across (different nodes), side (sender, receiver: on whose node
it is), back (answers), share, lost, sent, all, total (all, or a clean cut), by (the separating property),
value, clean, only_new (all lost packets are SYNs, and open connections with the same servers pass), threshold
(of a length), protocols (how many are lost), forms, encapsulated, others_encapsulated, pods (pod addresses),
alive (other traffic of the sending node arrives), passing (these two in words), next_hop (of plain packets on
an uplink: peer, another node, elsewhere), senders (how many nodes sent what is lost), silent (the receiver's
node sends nothing back), resolved (the next point saw something for the same destination), both_ways, skipped
(expected hops in between that were not captured), next_capture, covered (the next point saw something before
and after), felt, sender, receiver, and the traits of the profile.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from pcapcheck.check.checker import frames_of
from pcapcheck.diagnose.case import PODS_OR_THEIR_NETWORK, Case
from pcapcheck.diagnose.fact import Fact, Word
from pcapcheck.diagnose.losscontext import around
from pcapcheck.diagnose.losses import Pair, told
from pcapcheck.diagnose.qualifier import Qualifier, qualify
from pcapcheck.topology.topology import CapturePoint, Role

FEW: Final = 3  # fewest losses that count if no endpoint reacted to them
FELT: Final = 0.05  # least share if an endpoint reacted, since TCP also retransmits needlessly
SURE: Final = 0.95  # a share above this is all packets
CLEAN: Final = 0.9  # an information gain above this is a clean cut
EACH: Final = 2  # packets on either side of a cut: any property separates a single packet
PROPERTIES: Final = (
    *("form", "protocol", "port", "destination", "source", "direction", "family", "traffic"),
)
ON_THE_WIRE: Final = (
    "form",
    "traffic",
    *PROPERTIES[1:-1],
)  # between nodes, the kind of traffic comes before the port: networks rarely look at ports


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each pair of points that lost packets."""
    for pair in told(case):
        felt = int(pair.lost["felt"].sum()) + pair.again >= max(1, min(2, FELT * len(pair.rows)))
        many = len(pair.lost) >= FEW and len(pair.lost) * 2 > len(pair.rows)
        if felt or many:
            yield _fact(case, pair)


def _fact(case: Case, pair: Pair) -> Fact:
    places = _places(case, pair)
    names = ON_THE_WIRE if places["across"] else PROPERTIES
    found = qualify(pair.rows, {name: name if name != "direction" else "direction_of" for name in names})
    about = {**places, **_counts(pair, found), **around(case, pair), **case.traits}
    return Fact(
        evidence="lost_between",
        says=_says(about, found),
        flows=frozenset(pair.lost["flow"].to_list()),
        frames=_frames(case, pair.lost),
        packets=len(pair.lost),
        about=about,
    )


def _places(case: Case, pair: Pair) -> dict[str, Word]:
    """Return the words that say where."""
    here, there = case.point(pair.point), case.point(pair.next_point)
    ends = case.ends(int(pair.lost["direction"][0]))
    same = {ends["sender"]: "sender", ends["receiver"]: "receiver"}
    return {
        **ends,
        "from_role": str(here.role),
        "to_role": str(there.role),
        "from_node": here.node,
        "to_node": there.node,
        "from_interface": here.interface,
        "to_interface": there.interface,
        "from_hop": here.text,
        "to_hop": there.text,
        "node": here.node,
        "interface": here.interface,
        "in_pod": here.inside,
        "toward": _toward(case, here, there),
        "pod": there.pod or here.pod,
        "across": here.node != there.node,
        "side": same.get(here.node) if here.node == there.node else None,
        "where": pair.lost["where"][0],
        "who": pair.lost["who"][0],
    }


def _toward(case: Case, here: CapturePoint, there: CapturePoint) -> str:
    """Return the interface of the sending point's node before which packets are lost."""
    if here.node != there.node:
        return here.interface
    return case.door(there.pod) or here.interface if there.role == Role.POD else there.interface


def _counts(pair: Pair, found: Qualifier) -> dict[str, Word]:
    """Return the words that say how many packets were lost, and which."""
    share = len(pair.lost) / len(pair.rows)
    forms = sorted(set(pair.lost["form"].to_list()))
    cut = min(len(pair.lost), len(pair.rows) - len(pair.lost)) >= EACH and found.gain > CLEAN
    return {
        "part": round(share, 3),
        "share": f"{share:.0%}",
        "lost": len(pair.lost),
        "sent": len(pair.rows),
        "total": share > SURE or cut,
        "all": share > SURE,
        "by": found.name,
        "value": found.value,
        "cut": found.says or "regardless of kind",
        "clean": cut,
        "only_new": _only_new(pair),
        "threshold": found.threshold,
        "forms": ",".join(forms),
        "protocols": pair.lost["protocol"].n_unique(),
        "encapsulated": "plain" not in forms,
        "pods": bool(pair.lost["source_kind"].is_in([str(kind) for kind in PODS_OR_THEIR_NETWORK]).any()),
        "back": not pair.lost["client"].any(),
        "felt": bool(pair.lost["felt"].any()),
    }


def _only_new(pair: Pair) -> bool:
    """Whether all lost packets are SYNs, while open connections with the same servers pass."""
    server = ["kind", "source", "destination", "destination_port"]
    passed = pair.rows.filter((pl.col("fate") == "") & (pl.col("opening") == "open")).select(server)
    served = pair.lost.join(passed, on=server, how="semi")
    return len(served) == len(pair.lost) >= FEW and bool((pair.lost["opening"] == "new").all())


def _says(about: dict[str, Word], found: Qualifier) -> str:
    between = f"{about['from_hop']} and {about['to_hop']}"
    said = f"{about['lost']} of {about['sent']} packets are lost between {between}"
    return f"{said}; {found.says}" if found.says else said


def _frames(case: Case, lost: pl.DataFrame) -> Any:
    proof = lost.sort("file", "frame").head(5).select("file", pl.col("frame").alias("frame1"))
    blank = [pl.lit(0).alias(f"frame{k}") for k in range(2, 6)]
    return frames_of(proof.with_columns(blank).to_dicts(), case.network)
