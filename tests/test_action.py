"""The GitHub action and the workflow: their structure, and their shell steps run as by a runner."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
STEPS = ACTION["runs"]["steps"]
CHECK = next(step for step in STEPS if step.get("id") == "check")
SAMPLES = ROOT / "samples"


def run_check(tmp_path, **given):
    """Run the step `Check` with these inputs; return exit status, what it printed, outputs and summary."""
    (tmp_path / "pcapcheck" / "bin").mkdir(parents=True)
    program = tmp_path / "pcapcheck" / "bin" / "pcapcheck"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pcapcheck "$@"\n')
    program.chmod(0o755)
    inputs = {name: each.get("default", "") for name, each in ACTION["inputs"].items()} | given
    values = {name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: inputs[m[1]], text)
              for name, text in CHECK["env"].items()}  # fmt: skip
    files = {name: str(tmp_path / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    environment = {**os.environ, **values, **files, "RUNNER_TEMP": str(tmp_path)}
    script = tmp_path / "step.sh"
    script.write_text(CHECK["run"])
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]  # as GitHub calls bash
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    read = {name: Path(path).read_text() if Path(path).exists() else "" for name, path in files.items()}
    outputs = dict(line.split("=", 1) for line in read["GITHUB_OUTPUT"].splitlines())
    return done, outputs, read["GITHUB_STEP_SUMMARY"]


def test_healthy_captures_pass(tmp_path):
    done, outputs, summary = run_check(
        tmp_path, captures=str(SAMPLES / "flannel-vxlan"), require="flannel-vxlan/vni\nkubernetes/ttl\n"
    )
    assert done.returncode == 0, done.stderr
    assert outputs == {"status": "0", "verdict": "conformant"}
    assert "conformant" in summary
    reports = {each.name for each in (tmp_path / "pcapcheck-reports").iterdir()}
    assert reports == {"report.sarif", "junit.xml", "report.html", "report.json", "summary.md"}


def test_broken_captures_fail_and_are_annotated(tmp_path):
    done, outputs, summary = run_check(tmp_path, captures=str(SAMPLES / "flannel-vxlan-vni-mismatch"))
    assert done.returncode == 1
    assert outputs == {"status": "1", "verdict": "violations"}
    assert done.stdout.startswith("::error ")
    assert "vni-mismatch" in summary


def test_what_was_not_exercised_fails_as_inconclusive(tmp_path):
    captures = str(SAMPLES / "flannel-vxlan")
    done, outputs, _ = run_check(tmp_path, captures=captures, require="kubernetes/masquerade")
    assert (done.returncode, outputs["verdict"]) == (3, "inconclusive")


def test_known_findings_pass(tmp_path):
    captures, known = str(SAMPLES / "flannel-vxlan-vni-mismatch"), tmp_path / "known.sarif"
    words = [sys.executable, "-m", "pcapcheck", "check", captures, "-o", str(known)]
    subprocess.run(words, check=False)
    done, outputs, _ = run_check(tmp_path, captures=captures, baseline=str(known))
    assert (done.returncode, outputs["verdict"]) == (0, "conformant")


@pytest.mark.parametrize("odd", ["$(touch hacked)", "`touch hacked`", "; touch hacked", "--profile", "a b"])
def test_words_of_inputs_are_neither_code_nor_options(tmp_path, odd):
    done, outputs, _ = run_check(tmp_path, captures=odd)
    assert done.returncode == 2
    assert outputs == {"status": "2", "verdict": ""}
    assert not (tmp_path / "hacked").exists()
    assert "Traceback" not in done.stderr


def test_every_input_is_used_and_nothing_else():
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])


def test_every_step_has_what_a_composite_action_needs():
    assert ACTION["runs"]["using"] == "composite"
    assert {"name", "description", "inputs", "outputs", "runs"} == set(ACTION)
    for step in STEPS:
        assert ("run" in step) != ("uses" in step)
        assert "run" not in step or step["shell"] == "bash"
        assert "${{" not in step.get("run", ""), "values reach a script by its environment only"
    for each in (*ACTION["inputs"].values(), *ACTION["outputs"].values()):
        assert each["description"].endswith(".")


def test_action_installs_from_its_own_folder():
    install = next(step for step in STEPS if step.get("name") == "Install")
    assert '"$GITHUB_ACTION_PATH"' in install["run"]


def test_scripts_are_sound():
    for step in STEPS:
        if "run" in step:
            subprocess.run(["bash", "-n", "-c", step["run"]], check=True)


def test_ci_runs_all_that_developers_run():
    runs = [step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step]
    assert any(".ci/run" in each for each in runs)
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert WORKFLOW["permissions"] == {"contents": "read"}


def test_ci_uses_the_action_as_it_is():
    used = [step for job in WORKFLOW["jobs"].values() for step in job["steps"] if step.get("uses") == "./"]
    assert used
    for step in used:
        assert set(step["with"]) <= set(ACTION["inputs"])
