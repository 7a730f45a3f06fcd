"""Runs the tests of rules: each sample, changed as the test says, is checked against the rule's profile.

What a test says, and how packets are changed, is in `check/ruletest.py`; how a folder is checked is the
caller's.
"""

import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from pcapcheck.bind.bind import Binder
from pcapcheck.capture.block import Block
from pcapcheck.capture.source import open_capture
from pcapcheck.check.finding import Coverage
from pcapcheck.check.profile import Profile
from pcapcheck.check.rules import Option, load_profile, unknown_parameters, with_parameters
from pcapcheck.check.ruletest import RuleTestCase, cases, changed, outcome
from pcapcheck.topology.load import load_topology

Checked: TypeAlias = tuple[frozenset[str], Coverage]  # the rules that are broken, and what was judged
Check: TypeAlias = Callable[[Path, str | None, Mapping[str, object]], Checked]


def run_tests(profile_name: str, rule_ids: Sequence[str], check: Check) -> Iterator[tuple[str, str]]:
    """Run tests of one profile; yield passed, failed or without sample, and a line for people.

    Args:
        profile_name: a shipped profile, or the path of a rule file.
        rule_ids: which rules; empty: all that the profile itself defines.
        check: the function that checks a folder against a profile, with parameters.
    """
    profile = load_profile(profile_name)
    against = None if profile.shared else profile_name  # shared rules need the paths of a CNI
    known: dict[tuple[Path, str], Checked] = {}
    for case in cases(profile, rule_ids):
        sample, line = _sample(case), _line(case)
        if sample is None:
            yield "without sample", f"{line}: the sample is not installed"
            continue
        if case.test.change:
            with tempfile.TemporaryDirectory() as folder:
                _write_changed(sample, Path(folder), case, profile)
                found = check(Path(folder), against, case.test.given)
        else:
            key = (sample, repr(case.test.given))
            found = known[key] = known.get(key) or check(sample, against, case.test.given)
        said = outcome(case.rule.id, *found)
        right = said == case.test.outcome
        wanted = "" if right else f", not {case.test.outcome}"
        yield "passed" if right else "failed", f"{line}: {said}{wanted}"


def _line(case: RuleTestCase) -> str:
    """Return what a test is about, for people."""
    test = case.test
    change = f" with {dict(test.change)}" if test.change else ""
    given = f" given {dict(test.given)}" if test.given else ""
    return f"{case.rule.id}: {test.capture}{change}{given}"


def _sample(case: RuleTestCase) -> Path | None:
    """Return the folder of a test's sample: beside the rule file, or beside the folder of rule files."""
    home = Path(case.rule.place.file).resolve().parent
    places = (home / case.test.capture, home.parent / case.test.capture)
    return next((place for place in places if place.is_dir()), None)


def _write_changed(sample: Path, folder: Path, case: RuleTestCase, profile: Profile) -> None:
    """Copy a sample into a folder, with the fields that a test changes."""
    topology = load_topology(sample / "topology.yaml")
    unknown = unknown_parameters(profile, topology.parameters)
    known = {name: value for name, value in topology.parameters.items() if name not in unknown}
    profile = with_parameters(profile, known, Option(topology.source))
    (folder / "topology.yaml").write_bytes((sample / "topology.yaml").read_bytes())
    captures = sorted(sample.glob("*.pcap"))
    binder = Binder(topology, [file.name for file in captures])
    for file in captures:
        capture = open_capture(str(file))
        blocks = list(capture.blocks())
        point = binder.bind(file.name, linktype=capture.interfaces[0].linktype).point
        new = [changed(block, case, profile, topology=topology, point=point) for block in blocks]
        _write_pcap(folder / file.name, new, capture.interfaces[0].linktype)


def _write_pcap(path: Path, blocks: Iterable[Block], linktype: int) -> None:
    """Write a classic capture with nanoseconds; www.tcpdump.org/manpages/pcap-savefile.5.html."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, linktype))
        for block in blocks:
            records = zip(block.time, block.offset, block.captured, block.original, strict=True)
            for time, offset, captured, original in records:
                seconds, nanoseconds = divmod(int(time), 10**9)
                file.write(struct.pack("<IIII", seconds, nanoseconds, captured, original))
                file.write(block.data[offset : offset + captured].tobytes())
