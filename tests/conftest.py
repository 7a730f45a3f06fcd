"""Fixtures for all tests: golden files, the shared captures, programs that give a second opinion."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
import shared

from pcapcheck import __version__

os.environ.setdefault("PCAPCHECK_DEBUG", "1")  # every run compares its frames with their schemas

REPOSITORY = Path(__file__).parents[1]
GOLDEN = REPOSITORY / "tests" / "golden"
# In CI these are the only reasons to skip a test: what they miss cannot be installed there.
ALLOWED_IN_CI = (
    "shared captures are absent",
    "no live network: only root",
    "got empty parameter set",
    "no small disk: only root",
)


@pytest.fixture
def golden(tmp_path: Path) -> Callable[[str, str], None]:
    """Compare a text with tests/golden/NAME; `PCAPCHECK_GOLDEN=write pytest` writes the file instead."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        text = _without_what_changes(text, tmp_path)
        if os.environ.get("PCAPCHECK_GOLDEN") == "write":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert file.exists(), f"no golden file {name}: write it with PCAPCHECK_GOLDEN=write pytest"
        assert text == file.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def samples() -> Path:
    return REPOSITORY / "samples"


@pytest.fixture(scope="session")
def shared_captures() -> Path:
    """Return the folder of the shared scenarios; `shared_captures / "flannel-vxlan"` is one of them."""
    if not shared.CAPTURES.is_dir():
        pytest.skip(shared.REASON)
    return shared.CAPTURES


@pytest.fixture(scope="session")
def tshark() -> str:
    return _program("tshark")


@pytest.fixture(scope="session")
def tcpdump() -> str:
    return _program("tcpdump")


@pytest.fixture(scope="session")
def chromium() -> str:
    return _program("chromium")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("tshark"):
        _program("tshark")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        reason = str(call.excinfo.value) if call.excinfo else ""
        if not any(allowed in reason for allowed in ALLOWED_IN_CI):
            report.outcome = "failed"
            report.longrepr = f"skipped, which CI does not allow: {reason}"
    return report


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def _without_what_changes(text: str, tmp_path: Path) -> str:
    text = re.sub(rf"(?<![\d.]){re.escape(__version__)}(?![\d.])", "<version>", text)
    return text.replace(str(tmp_path), "<tmp>").replace(str(REPOSITORY), "<repository>")


hypothesis.settings.register_profile("pcapcheck", deadline=None)  # a shared machine is slow now and then
hypothesis.settings.load_profile("pcapcheck")
