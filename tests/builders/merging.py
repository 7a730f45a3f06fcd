"""Several scenarios of one profile as one: their networks side by side in one topology, at the same time.

Each is rewritten first (`rewriting`), so that no address, MAC or name is in two of them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import disturb
import rewriting
import yaml

UNION = ("nodes", "pods", "services", "captures", "routers")
NETWORKS = ("pod_cidr", "service_cidr")
SEEDS = (1, 3, 5)  # odd: the ports of tunnels stay, for one profile has one
START = 1_800_000_000 * disturb.SECOND


def merged(folders: Sequence[Path], into: Path) -> list[rewriting.Topology]:
    """Write the scenarios as one; return what stands for the names of each."""
    words, documents = [], []
    for folder, seed in zip(folders, SEEDS, strict=False):
        words.append(rewriting.scenario(folder, into, seed, START - first(folder)))
        documents.append(yaml.safe_load((into / "topology.yaml").read_text(encoding="utf-8")))
    made = united(documents)
    (into / "topology.yaml").write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")
    return words


def first(folder: Path) -> int:
    """Return when the first packet of a scenario was seen, in ns."""
    files = [file.read_bytes() for file in folder.glob("*.pcap")]
    return min(time for data in files for time, _ in disturb.records(data))


def united(documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one topology of several that have one profile and its parameters."""
    cluster = dict(documents[0]["cluster"])
    for key in NETWORKS:
        said = [each["cluster"].get(key, []) for each in documents]
        lists = [each if isinstance(each, list) else [each] for each in said]
        cluster[key] = list(dict.fromkeys(network for each in lists for network in each))
    parts = {
        key: {name: each for document in documents for name, each in (document.get(key) or {}).items()}
        for key in UNION
    }
    return {"cluster": cluster} | {key: part for key, part in parts.items() if part}
