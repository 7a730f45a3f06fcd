"""Cases of a test that takes long: a part of them in CI, all of them with `-m "slow or not slow"`."""

import pytest


def in_turn(cases, every):
    """Return the cases; all but the first of each `every` are marked slow."""
    return [
        pytest.param(each, marks=() if number % every == 0 else pytest.mark.slow)
        for number, each in enumerate(cases)
    ]
