"""The README is a promise: its commands run as they stand, its table is made from the files."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import shared
import systems

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SETUP = ("python3 -m venv", "bash tests/check.sh")  # they set up what these tests run in
OWN = "my-cni.yaml"  # a file that the reader has, and we have not
COMMANDS = [
    line.removeprefix("$ ").split("  #")[0].strip() for line in README.splitlines() if line.startswith("$ ")
]
RUN = [line for line in COMMANDS if not line.startswith(SETUP) and OWN not in line]


@pytest.mark.parametrize("line", RUN)
def test_a_command_of_the_readme_runs(line, tmp_path):
    words = [sys.executable, "-m", *shlex.split(line.replace("samples/", f"{ROOT}/samples/"))]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout or list(tmp_path.iterdir())


def test_the_python_example_runs(tmp_path):
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code
    words = [sys.executable, "-c", code[1].replace("samples/", f"{ROOT}/samples/")]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "10.100.0.2" in done.stdout


def test_the_first_command_shows_what_the_readme_says():
    shown = re.search(r"```text\n(.*?)```", README, re.DOTALL)
    assert shown
    words = [sys.executable, "-m", "pcapcheck", "check", "samples/flannel-vxlan-vni-mismatch"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith(shown[1])


@pytest.mark.skipif(not shared.CAPTURES.is_dir(), reason=shared.REASON)
def test_the_real_captures_are_those_that_are_there():
    assert json.loads(systems.REAL.read_text()) == systems.real_captures()


def test_the_table_of_systems_is_made_from_the_files():
    between = README.split("<!-- systems -->\n")[1].split("<!-- /systems -->")[0]
    assert between == systems.table(), "run `python tests/systems.py` and put what it prints into the README"
