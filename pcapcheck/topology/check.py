"""What contradicts itself in a topology: a wrong topology gives wrong findings.

Takes a Topology, gives contradictions with the keys of the file where they stand. Whether the network is
healthy is another question: the captures answer that.
"""

from itertools import chain

from pcapcheck.topology.addressing import addressing
from pcapcheck.topology.contradiction import Contradiction
from pcapcheck.topology.fitting import fitting
from pcapcheck.topology.topology import Topology


def contradictions(topology: Topology) -> list[Contradiction]:
    """Return everything in a topology that cannot be true together."""
    return list(dict.fromkeys(chain(addressing(topology), fitting(topology))))
