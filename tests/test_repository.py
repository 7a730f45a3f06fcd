"""What holds for the whole project: each test names the files that break it."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from pcapcheck.decode.columns import field_names

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "pcapcheck"
TESTS = REPOSITORY / "tests"
GOLDEN = [file.relative_to(TESTS / "golden").as_posix() for file in (TESTS / "golden").rglob("*")]
MODULES = sorted(PACKAGE.rglob("*.py"))
PLACES = [PACKAGE, REPOSITORY / "rules", REPOSITORY / "samples", TESTS]
TEXTS = {".py", ".yaml", ".yml", ".json", ".md", ".sh", ".toml", ".txt", ".xml", ".html", ".sarif"}
# An absolute path below a folder that belongs to one machine or one person, not /tmp/x or a path in a URL.
MACHINE_PATH = re.compile(r"(?<![\w.~/])/(?:work|farm|home|root|Users|mnt)/\w")


def name(file):
    return file.relative_to(REPOSITORY).as_posix()


def texts():
    """Return every text file of the project."""
    top = [file for file in REPOSITORY.iterdir() if file.is_file()]
    below = [file for place in PLACES for file in place.rglob("*") if "__pycache__" not in file.parts]
    return [file for file in top + below if file.suffix in TEXTS]


def scripts():
    return sorted((REPOSITORY / "samples").rglob("*.py"))


def docstring(file):
    return ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""


@pytest.mark.parametrize("module", [*MODULES, *scripts()], ids=name)
def test_module_says_what_it_is(module):
    first_line = docstring(module).partition("\n")[0]
    assert first_line.endswith((".", ":", "?"))


def test_no_module_is_longer_than_300_lines():
    lines = {
        name(file): len(file.read_text(encoding="utf-8").splitlines()) for file in [*MODULES, *scripts()]
    }
    assert {file: count for file, count in lines.items() if count > 300} == {}


def test_init_files_hold_a_docstring_and_nothing_else():
    rooms = [file for file in MODULES if file.name == "__init__.py" and file.parent != PACKAGE]
    assert [name(file) for file in rooms if len(ast.parse(file.read_text(encoding="utf-8")).body) != 1] == []


@pytest.mark.parametrize("report", sorted((PACKAGE / "report" / "formats").glob("[!_]*.py")), ids=name)
def test_report_format_has_a_golden_file(report):
    assert any(report.stem in file for file in GOLDEN)


def test_no_file_names_a_path_of_one_machine():
    found = [name(file) for file in texts() if MACHINE_PATH.search(file.read_text(encoding="utf-8"))]
    assert found == []


def test_every_sample_has_its_script_topology_and_truth():
    folders = [folder for folder in (REPOSITORY / "samples").iterdir() if folder.is_dir()]
    needed = {"make.py", "topology.yaml", "truth.json"}
    kept = [folder for folder in folders if not folder.name.startswith((".", "_"))]
    missing = {folder.name: needed - {file.name for file in folder.iterdir()} for folder in kept}
    assert {folder: files for folder, files in missing.items() if files} == {}


@pytest.mark.parametrize("command", sorted((PACKAGE / "commands").glob("[!_]*.py")), ids=name)
def test_readme_shows_the_command(command):
    assert f"pcapcheck {command.stem}" in (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_hooks_for_pre_commit_name_existing_commands():
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    commands = {hook["entry"].split()[1] for hook in hooks}
    assert commands <= {file.stem for file in (PACKAGE / "commands").glob("*.py")}


@pytest.mark.tshark
def test_every_field_of_rules_has_wiresharks_name(tshark):
    listed = subprocess.run([tshark, "-G", "fields"], check=True, capture_output=True, text=True).stdout
    known = {line.split("\t")[2] for line in listed.splitlines() if line.startswith("F\t")}
    assert sorted(set(field_names()) - known) == []
