"""Two nodes with a pod each, a flow between them and one to the outside: captures with their topology."""

from pathlib import Path

import yaml
from networks import NODE1, NODE2, OUTSIDE, POD1, POD2, answer, ask, carried, said
from readings import write

from pcapcheck.capture.inputs import Inputs
from pcapcheck.topology.load import load_topology
from pcapcheck.topology.topology import Topology

WEB = "tcp/10.244.1.5:40000-10.244.2.5:80"
NETWORK = {
    "nodes": {
        "node1": {"addresses": [NODE1], "interfaces": {"eth0": {"kind": "uplink"}}},
        "node2": {"addresses": [NODE2], "interfaces": {"eth0": {"kind": "uplink"}}},
    },
    "pods": {"a/web": {"node": "node1", "addresses": [POD1]}, "a/db": {"node": "node2", "addresses": [POD2]}},
}
BACK = {"source": NODE2, "destination": NODE1}
CAPTURES = {
    "node1_eth0.pcap": [
        carried(ask(63)),
        carried(answer(63), **BACK),
        carried(said(POD1, OUTSIDE, 63, seq=9)),
    ],
    "node2_eth0.pcap": [carried(ask(63)), carried(answer(63), **BACK)],
}


def described(folder: Path) -> tuple[Inputs, Topology]:
    """Write them to a folder, and return what is found there."""
    (folder / "topology.yaml").write_text(yaml.safe_dump(NETWORK), encoding="utf-8")
    inputs = write(folder, CAPTURES)
    return inputs, load_topology(inputs.topology.path)
