"""The table of systems in the README, made from the files: `python tests/systems.py` prints it.

Captures of real kernels are no part of the project; `real_captures.json` has their names by profile, written
by `python tests/systems.py --record` where they are, and compared with them by a test.
"""

import json
import sys
from pathlib import Path

from pcapcheck.check.rules import load_profile, profile_names

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "captures"
REAL = Path(__file__).parent / "real_captures.json"
KINDS = ("pod-to-pod", "pod-to-service", "pod-to-external", "external-to-pod", "pod-to-node", "node-to-pod")
HEAD = (
    "| profile | what it is | rules | sample, healthy | sample, broken | real captures | traffic |\n"
    "|---|---|---|---|---|---|---|"
)


def scenarios(folder: Path, profile: str) -> dict[bool, list[str]]:
    """Return the names of a folder's scenarios of one profile: True: healthy, False: broken."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for path in sorted(folder.glob("*/truth.json")):
        truth = json.loads(path.read_text())
        if truth["profile"] == profile:
            found[truth["conformant"]].append(path.parent.name)
    return found


def traffic(profile: str) -> str:
    """Return the traffic kinds for which a profile knows the path."""
    paths = load_profile(profile).paths
    where = [name for name in ("same-node", "cross-node", "cross-subnet") if name in paths]
    who = [kind for kind in KINDS if any(name.split("/")[0] == kind for name in paths)]
    return ", ".join([*where, *who])


def table() -> str:
    """Return the table in Markdown."""
    rows, real = [HEAD], json.loads(REAL.read_text())
    for name in profile_names():
        profile = load_profile(name)
        if profile.shared:
            continue
        samples = scenarios(ROOT / "samples", name)
        healthy, broken = (
            ", ".join(f"`{each}`" for each in samples[kind]) or "none" for kind in (True, False)
        )
        captured = len(real.get(name, ())) or "none"
        cells = (f"`{name}`", profile.title, len(profile.rules), healthy, broken, captured, traffic(name))
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows) + "\n"


def real_captures() -> dict[str, list[str]]:
    """Return profile -> the shared scenarios that were captured with it."""
    found: dict[str, list[str]] = {}
    for path in sorted(SHARED.glob("*/truth.json")):
        found.setdefault(json.loads(path.read_text())["profile"], []).append(path.parent.name)
    return dict(sorted(found.items()))


if __name__ == "__main__":
    if sys.argv[1:] == ["--record"]:
        REAL.write_text(json.dumps(real_captures(), indent=1) + "\n")
    print(table(), end="")  # noqa: T201  # a script
