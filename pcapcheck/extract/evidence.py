"""Evidence: the frames that a result names, and what each of them shows, as comments for Wireshark."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from pcapcheck.check.finding import Frame
from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.report.result import Result


def comments_of(
    result: Result, ids: Sequence[str] = (), *, in_words: bool = True
) -> Mapping[Frame, tuple[str, ...]]:
    """Return every frame that proves something, with a comment for each thing that it proves.

    Args:
        result: of a check.
        ids: only these rules and diagnoses; patterns are allowed. Empty is all.
        in_words: say also what is wrong, which names nodes, pods and addresses.

    Raises:
        InputError: nothing that was found has one of the ids.
    """
    for pattern in ids:
        _check(pattern, result)
    found: dict[Frame, dict[str, None]] = {}
    for frame, id_, comment, words in _proofs(result):
        if not ids or any(fnmatchcase(id_, pattern) for pattern in ids):
            found.setdefault(frame, {})[f"{comment}: {words}" if in_words and words else comment] = None
    return {frame: tuple(comments) for frame, comments in found.items()}


def _proofs(result: Result) -> Iterator[tuple[Frame, str, str, str]]:
    """Yield frame, id, comment, and the same in words."""
    for finding in result.findings:
        for frame in finding.frames:
            yield frame, finding.rule, f"breaks {finding.rule}", finding.message
    for diagnosis in result.diagnoses:
        for evidence in diagnosis.evidence:
            for frame in evidence.frames:
                yield frame, diagnosis.id, f"proves {diagnosis.id}", evidence.says


def _check(pattern: str, result: Result) -> None:
    known = dict.fromkeys(each.rule for each in result.findings)
    known |= dict.fromkeys(each.id for each in result.diagnoses)
    if not any(fnmatchcase(id_, pattern) for id_ in known):
        what = "no finding and no diagnosis of these captures has this id"
        otherwise = "found were: " + (", ".join(known) or "none")
        raise InputError(f"--rule {pattern}", what, did_you_mean(pattern, known, otherwise))
