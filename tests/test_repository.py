"""What holds for the whole project: each test names the files that break it."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from functools import cache
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


# Modules and who imports whom.
GROWING = ("decode.protocols", "diagnose.evidence", "report.formats", "commands")  # found by looking there


def dotted(file):
    """Return the name of a module within the package: `bind.place`, or `` for the package itself."""
    return ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip(".")


@cache
def imported(file, *, always=False):
    """Return the dotted names that a file imports: anywhere, or `always`, whenever it is imported itself."""
    found = set()
    todo = [ast.parse(file.read_text(encoding="utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        later = isinstance(node, ast.FunctionDef) or (
            isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        )
        todo += [] if always and later else ast.iter_child_nodes(node)
    return found


NAMES = {dotted(file): file for file in MODULES}
ROOMS = sorted(name for name, file in NAMES.items() if name and file.name == "__init__.py")


def within(names):
    """Return the names of the package's modules among dotted names."""
    return {each.removeprefix("pcapcheck").lstrip(".") for each in names if is_own(each)} & set(NAMES)


def is_own(name):
    return name.partition(".")[0] == "pcapcheck"


def reached(start, follows):
    """Return all that is reached from some names, themselves included."""
    found, todo = set(), list(start)
    while todo:
        each = todo.pop()
        if each not in found:
            found.add(each)
            todo += follows(each)
    return found


def is_growing(name):
    return name.startswith(tuple(f"{folder}." for folder in GROWING))


def room_of(name):
    return name.partition(".")[0]


def test_every_module_of_a_growing_folder_has_a_test_of_its_name():
    """Nothing imports these by name, so only the name of a test says that there is one."""
    modules = [name for name in NAMES if is_growing(name) and not name.startswith("report.")]
    tests = [TESTS.joinpath(*name.split(".")).with_suffix(".py") for name in modules]
    assert [name(test) for test in tests if not test.with_name(f"test_{test.name}").exists()] == []


@pytest.mark.parametrize("room", [each for each in ROOMS if "." not in each])
def test_every_module_is_executed_by_a_test_of_its_room(room):
    """A test counts that imports the module, or a module of the same room that does."""
    builders = {file.stem: imported(file) for file in (TESTS / "builders").glob("*.py")}
    direct = set().union(*(imported(file) for file in (TESTS / room).rglob("*.py")))
    direct = reached(direct, lambda name: builders.get(name, ()))
    mine = {each for each in within(direct) if room_of(each) == room}
    of_room = {each for each in NAMES if room_of(each) == room and not is_growing(each)} - set(ROOMS)
    executed = reached(mine, lambda name: within(imported(NAMES[name])) & of_room)
    assert sorted(of_room - executed) == []


def test_every_module_outside_rooms_is_imported_by_a_test_beside_the_rooms():
    tested = within(set().union(*(imported(file) for file in TESTS.glob("test_*.py"))))
    alone = {each for each in NAMES if each and "." not in each} - set(ROOMS)
    assert sorted(alone - tested - {"__main__"}) == []


def test_there_are_few_modules_outside_rooms():
    assert len([file for file in MODULES if file.parent == PACKAGE]) <= 8


def test_no_modules_import_each_other_in_a_circle():
    follows = {name: within(imported(file, always=True)) - {name} for name, file in NAMES.items()}
    circular = {name for name in NAMES if name in reached(follows[name], follows.__getitem__)}
    assert sorted(circular) == []


def defined_twice(kinds):
    """Return the public names that several modules define, outside the folders that grow."""
    found = Counter()
    for module, file in NAMES.items():
        body = [] if is_growing(module) else ast.parse(file.read_text(encoding="utf-8")).body
        found.update({name for node in body for name in defined(node, kinds) if not name.startswith("_")})
    return {name for name, count in found.items() if count > 1}


def defined(node, kinds):
    if isinstance(node, ast.ClassDef) and "class" in kinds:
        return [node.name]
    if isinstance(node, ast.Assign | ast.AnnAssign) and "constant" in kinds:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [each for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
        return [each.id for each in names if isinstance(each.ctx, ast.Store)]
    return []


def test_no_two_modules_or_classes_have_one_name():
    files = Counter(name.rpartition(".")[2] for name in NAMES if not is_growing(name) and name not in ROOMS)
    assert [name for name, count in files.items() if count > 1] == []
    assert defined_twice("class") == set()


def test_no_two_constants_have_one_name():
    """Those that do today stand in a list, from which names are to be removed and to which none is added."""
    known = set((TESTS / "names_used_twice.txt").read_text(encoding="utf-8").split())
    found = defined_twice(("class", "constant"))
    assert {"new": sorted(found - known), "no longer used twice": sorted(known - found)} == {
        "new": [],
        "no longer used twice": [],
    }


# ARCHITECTURE.md is held to the code.
ARCHITECTURE = (PACKAGE / "ARCHITECTURE.md").read_text(encoding="utf-8")


def section(title):
    """Return the text between a heading and the next."""
    return ARCHITECTURE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title):
    """Return the first two cells of each row of a section's table, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.split("|")[1:3]) for line in lines[2:]]


def quoted(text):
    return re.findall(r"`([^`]+)`", text)


def test_architecture_has_a_line_for_every_room_and_no_other():
    told = [name.replace("/", ".") for cell, _ in rows("Rooms") for name in quoted(cell)]
    beside = {name for name in NAMES if name and "." not in name} - {"__main__"}
    assert sorted(told) == sorted({*ROOMS, *beside})


def test_architecture_names_every_journey():
    journeys = {f"run/{name.partition('.')[2]}.py" for name in NAMES if name.startswith("run.")}
    assert journeys - set(quoted(ARCHITECTURE)) == set()


def test_architecture_names_no_file_that_is_missing():
    named = {each for each in quoted(ARCHITECTURE) if re.fullmatch(r"[\w/]+\.(py|yaml|json|toml)", each)}
    assert (
        sorted(each for each in named if not (PACKAGE / each).exists() | (REPOSITORY / each).exists()) == []
    )


@pytest.mark.parametrize(("cell", "file"), rows("Types between the stages"))
def test_architecture_says_where_each_type_is(cell, file):
    text = (PACKAGE / file.strip("`")).read_text(encoding="utf-8")
    assert [name for name in quoted(cell) if f"\nclass {name}" not in text] == []


def layers(text):
    """Return the layers of an import line, from the top; modules of one layer are a set."""
    return [frozenset(re.findall(r"\w+", layer)) for layer in text.split(">")]


def test_architecture_has_the_import_line_of_the_contract():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    line = section("Who may import whom").split("```")[1]
    assert layers(line) == layers(">".join(contract["layers"]))


def test_architecture_fits_two_screens_and_its_decisions():
    assert len(ARCHITECTURE.splitlines()) <= 200
