"""The README is a promise: its commands run as they stand, its table is made from the files."""

import contextlib
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import shared
import systems
import yaml

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SETUP = ("python3 -m venv", "bash tests/check.sh")  # they set up what these tests run in
SECTIONS = {part.partition("\n")[0]: part for part in README.split("\n## ")[1:]}
WALKS = ("Forensics", "CI of a CNI change", "Large captures", "Writing rules")


def commands(section):
    """Return (command, remark) of each line of a section that a reader types."""
    lines = [line.removeprefix("$ ") for line in SECTIONS[section].splitlines() if line.startswith("$ ")]
    pairs = [line.partition("  #") for line in lines if not line.startswith(SETUP)]
    return [(command.strip(), remark.strip()) for command, _, remark in pairs]


def run(command, folder):
    words = [sys.executable, "-m", *shlex.split(command)]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("section", WALKS)
def test_walk_of_the_readme_goes_as_it_says(section, tmp_path):
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    for text in re.findall(r"```yaml\n(profile: .*?)```", SECTIONS[section], re.DOTALL):
        (tmp_path / "my-cni.yaml").write_text(text)
    with contextlib.ExitStack() as running:
        for command, remark in commands(section):
            before = set(tmp_path.iterdir())
            if command.endswith("&"):
                running.enter_context(background(command, tmp_path))
                continue
            done = run(command, tmp_path)
            assert done.returncode == expected(command, remark), (command, done.stdout, done.stderr)
            assert done.stdout or set(tmp_path.iterdir()) - before


@contextlib.contextmanager
def background(command, folder):
    """Run a command that ends with `&` until the walk is over."""
    words = [sys.executable, "-m", *shlex.split(command.rstrip("& "))]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


def test_the_example_of_large_captures_reads_the_dataset(tmp_path):
    pytest.importorskip("duckdb")
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    made = next(command for command, _ in commands("Large captures") if "--sightings" in command)
    assert run(made, tmp_path).returncode == 0
    code = re.search(r"```python\n(.*?)```", SECTIONS["Large captures"], re.DOTALL)[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("tcp/") > 2


def expected(command, remark):
    """Return the exit status that a line of the README tells or implies."""
    if remark.startswith("fails") or command.split()[1] == "diff":
        return 1
    broken = "blocked" in command or "anonymous/ -q" in command
    return 1 if command.split()[1] == "check" and broken else 0


def test_every_command_line_of_the_readme_is_part_of_a_walk():
    typed = [line for line in README.splitlines() if line.startswith("$ ")]
    walked = [command for section in WALKS for command in commands(section)]
    assert len(typed) == len(walked) + len(SETUP)


@pytest.mark.parametrize("line", re.findall(r"`(pcapcheck [a-z]+ [^`]*samples/[^`]+)`", README))
def test_command_in_a_sentence_runs(line):
    assert run(line, ROOT).returncode == 0


def test_the_action_is_used_as_it_can_be():
    (block,) = re.findall(r"```yaml\n(permissions: .*?)```", README, re.DOTALL)
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    for step in yaml.safe_load(block)["steps"]:
        assert set(step["with"]) <= set(action["inputs"])
        assert all(step["with"][name] for name, each in action["inputs"].items() if each.get("required"))


def test_the_python_example_runs(tmp_path):
    code = re.search(r"```python\n(.*?)```", SECTIONS["Python"], re.DOTALL)
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
