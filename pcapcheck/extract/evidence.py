"""Evidence: the frames that a report names, and what each of them shows, as comments for Wireshark."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from pcapcheck.check.finding import Frame
from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.report.report import Report


def comments_of(
    report: Report, ids: Sequence[str] = (), *, in_words: bool = True
) -> Mapping[Frame, tuple[str, ...]]:
    """Return every frame that proves something, with a comment for each thing that it proves.

    Args:
        report: the report of a check.
        ids: the rules and diagnoses, or patterns of them, to take; empty is all.
        in_words: also say what is wrong, which names nodes, pods and addresses.

    Raises:
        InputError: nothing that was found has one of the ids.
    """
    for pattern in ids:
        _check(pattern, report)
    found: dict[Frame, dict[str, None]] = {}
    for frame, id_, comment, words in _proofs(report):
        if not ids or any(fnmatchcase(id_, pattern) for pattern in ids):
            found.setdefault(frame, {})[f"{comment}: {words}" if in_words and words else comment] = None
    return {frame: tuple(comments) for frame, comments in found.items()}


def _proofs(report: Report) -> Iterator[tuple[Frame, str, str, str]]:
    """Yield frame, id, comment, and what is wrong in words."""
    for finding in report.findings:
        for frame in finding.frames:
            yield frame, finding.rule, f"breaks {finding.rule}", finding.message
    for diagnosis in report.diagnoses:
        for evidence in diagnosis.evidence:
            for frame in evidence.frames:
                yield frame, diagnosis.id, f"proves {diagnosis.id}", evidence.says


def _check(pattern: str, report: Report) -> None:
    known = dict.fromkeys(each.rule for each in report.findings)
    known |= dict.fromkeys(each.id for each in report.diagnoses)
    if not any(fnmatchcase(id_, pattern) for id_ in known):
        what = "no finding and no diagnosis of these captures has this id"
        otherwise = "found were: " + (", ".join(known) or "none")
        raise InputError(f"--rule {pattern}", what, did_you_mean(pattern, known, otherwise))
