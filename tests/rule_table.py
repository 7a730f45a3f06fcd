"""Write which rules hold in which profiles: `PYTHONPATH=. python tests/rule_table.py > TABLE.md`.

Each healthy sample is checked against its own profile, which has the rules of all that it extends. So a rule
of a shared file is judged on the samples of every profile that takes it over. It must hold, or not apply.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from pcapcheck.api import check

SAMPLES = Path(__file__).parents[1] / "samples"
HOLDS, BROKEN, IDLE, UNKNOWN = "holds", "BROKEN", "-", "?"
RANK = (BROKEN, HOLDS, UNKNOWN, IDLE)  # of several samples of a profile, the first of these is shown


def healthy() -> tuple[str, ...]:
    """Return the names of the samples in which nothing is broken."""
    truths = {path.parent.name: json.loads(path.read_text()) for path in sorted(SAMPLES.glob("*/truth.json"))}
    return tuple(name for name, truth in truths.items() if truth["conformant"])


def outcomes(sample: str) -> tuple[str, dict[str, str]]:
    """Return the profile of a sample, and what each of its rules said: rule -> one of RANK."""
    result = check(SAMPLES / sample)
    coverage = result.coverage
    said = dict.fromkeys(coverage.not_exercised, IDLE) | dict.fromkeys(coverage.not_evaluable, UNKNOWN)
    said |= dict.fromkeys(coverage.exercised, HOLDS)
    return result.report.profiles[0].name, said | {each.rule: BROKEN for each in result.findings}


def table(found: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield the lines of a table in Markdown, rules down; empty where a profile lacks a rule."""
    profiles = sorted(found)
    yield f"| rule | {' | '.join(profiles)} |"
    yield "|---" * (len(profiles) + 1) + "|"
    for rule in sorted({rule for said in found.values() for rule in said}):
        yield f"| {rule} | {' | '.join(found[profile].get(rule, '') for profile in profiles)} |"


def merged(told: Iterator[tuple[str, dict[str, str]]]) -> dict[str, dict[str, str]]:
    """Return what the rules of each profile said on all of its samples: profile -> rule -> outcome."""
    found: dict[str, dict[str, str]] = {}
    for profile, said in told:
        for rule, outcome in said.items():
            before = found.setdefault(profile, {}).get(rule, IDLE)
            found[profile][rule] = min(before, outcome, key=RANK.index)
    return found


if __name__ == "__main__":
    every = merged(map(outcomes, healthy()))
    sys.stdout.writelines(f"{line}\n" for line in table(every))
    rules = {rule for said in every.values() for rule in said}
    held = {rule for said in every.values() for rule, outcome in said.items() if outcome == HOLDS}
    broken = {rule for said in every.values() for rule, outcome in said.items() if outcome == BROKEN}
    sys.stdout.write(
        f"\n{len(rules)} rules, {len(held)} hold somewhere, {len(broken)} are broken: {sorted(broken)}\n"
    )
    sys.stdout.write(
        f"On no healthy sample exercised: {', '.join(sorted(rules - held - broken)) or 'none'}\n"
    )
