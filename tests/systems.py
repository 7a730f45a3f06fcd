"""The table of systems in the README, made from the files: `python tests/systems.py` prints it."""

import json
from pathlib import Path

from pcapcheck.check.rules import load_profile, profile_names

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "captures"
KINDS = ("pod-to-pod", "pod-to-service", "pod-to-external", "external-to-pod", "pod-to-node", "node-to-pod")
HEAD = (
    "| profile | what it is | rules | sample, healthy | sample, broken | traffic |\n|---|---|---|---|---|---|"
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
    rows = [HEAD]
    for name in profile_names():
        profile = load_profile(name)
        if profile.shared:
            continue
        samples = scenarios(ROOT / "samples", name)
        healthy, broken = (
            ", ".join(f"`{each}`" for each in samples[kind]) or "none" for kind in (True, False)
        )
        rows.append(
            f"| `{name}` | {profile.title} | {len(profile.rules)} | {healthy} | {broken} | {traffic(name)} |"
        )
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201  # a script
