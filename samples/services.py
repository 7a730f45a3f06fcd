"""Ways with NAT: to a service, to the outside and from it, by the node that translates.

It is the node of the client, or the one that a client outside has asked. Masquerading and the choice of an
endpoint happen there, between two links; answers are turned back at the same place.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from attachment import arrive, leave, meet
from cluster import Cluster
from routes import between
from way import Path, Segment, Turn
from wire import End, Packet

FAR = 7  # routers between the outside and the cluster
Change = Callable[[Packet], Packet]


@dataclass(frozen=True)
class Nat:
    """What the client asks instead of the server, and what the server takes for the client.

    `seen` is the address that masquerading gives to the client, `via` the node that a client outside asks.
    """

    asked: End
    seen: str | None = None
    via: str | None = None

    def client(self, end: End) -> End:
        """Return the client's end behind the translation; a masqueraded one has another port."""
        return End(self.seen, 1024 + end.port * 40503 % 64512) if self.seen else end


def through(cluster: Cluster, sender: str, receiver: str, nat: Nat, change: Change, *, back: bool) -> Path:
    """Return the path of a request, or of its answer (`back`), with the translation on its node."""
    places = [cluster.place(each) for each in (sender, receiver)]
    here = places[0] or nat.via or places[1]
    there = places[1] or nat.via or places[0]
    assert here
    assert there
    if back and here == there and all(places) and cluster.named(here, "bridge"):
        return Path((meet(cluster, sender, receiver, Turn(change)),))  # br_netfilter: while it is switched
    pod = receiver if places[1] else sender
    middle = between(cluster, pod, here, there) if here != there else ()
    segments = [*_from(cluster, sender, here), *middle, *_to(cluster, receiver, there)]
    turn = len(segments) - 1 if back else 1
    segments[turn] = replace(segments[turn], hops=(Turn(change), *segments[turn].hops))
    return Path(tuple(segments))


def _from(cluster: Cluster, sender: str, node: str) -> tuple[Segment, ...]:
    if cluster.place(sender):
        return (leave(cluster, sender),)
    return (replace(cluster.from_router(node), routed=FAR),)


def _to(cluster: Cluster, receiver: str, node: str) -> tuple[Segment, ...]:
    return (arrive(cluster, receiver) if cluster.place(receiver) else cluster.to_router(node),)
