"""flannel VXLAN, broken: a filter on node2 resets an open connection of a pod at its second request.

Its rule is `reject with tcp reset` for a string in the request, as of a filter for web applications. The
reset claims to be of the server, with the TTL of a packet of node2 itself. Other connections stay.
"""

from kept import kept
from profiles import DB, WEB, flannel
from sample import Fault, Sample, dns, ping

SAMPLE = Sample(
    "flannel-vxlan",
    flannel,
    [
        ping(WEB, DB, 0.1),
        kept(WEB, DB, 1.2, size=100, cut=2),
        kept(WEB, DB, 1.3, size=100),
        dns(WEB, DB, 2.4),
    ],
    Fault(
        "connection-reset",
        "node2",
        "flannel.1",
        "nft on node2 rejects a request with a reset that has the server's address.",
        "Resets with TTL 64 at flannel.1 of node2, where packets of the server have TTL 63.",
        lambda cluster, network: None,
    ),
)
