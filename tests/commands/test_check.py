"""check: exit statuses as CI needs them: known findings, required rules, severities that fail."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pcapcheck.cli import commands, exit_status

SAMPLES = Path(__file__).parents[2] / "samples"
HEALTHY, BROKEN = SAMPLES / "flannel-vxlan", SAMPLES / "flannel-vxlan-vni-mismatch"


def check(*words):
    """Return exit status, standard output and standard error."""
    runner = CliRunner()
    statuses = []
    with runner.isolation() as (out, err, _):
        statuses.append(
            exit_status(lambda: commands.main(["check", *map(str, words)], standalone_mode=False))
        )
        sys.stdout.flush()
        return statuses[0], out.getvalue().decode(), err.getvalue().decode()


def test_known_findings_are_no_violation(tmp_path):
    known = tmp_path / "known.sarif"
    assert check(BROKEN, "-o", known)[0] == 1
    status, text, _ = check(BROKEN, "--baseline", known)
    assert status == 0
    assert "left out" in text
    assert check(SAMPLES / "flannel-vxlan-fdb-wrong-vtep", "--baseline", known)[0] == 1


def test_baseline_is_looked_at_before_long_work(tmp_path):
    status, text, error = check(HEALTHY, "--baseline", tmp_path / "absent")
    assert (status, text) == (2, "")
    assert "absent: it can't be read" in error


def test_rule_that_was_not_exercised_though_required_is_inconclusive():
    status, _, error = check(HEALTHY, "--require", "kubernetes/masquerade", "-q")
    assert status == 3
    assert error.startswith("error: required, but not exercised: kubernetes/masquerade")


def test_required_rule_that_nobody_knows_is_a_mistake():
    status, _, error = check(HEALTHY, "--require", "flannel-vxlan/vnii", "-q")
    assert (status, "did you mean `flannel-vxlan/vni`?" in error) == (2, True)


def test_required_rules_that_were_exercised_are_fine():
    assert check(HEALTHY, "--require", "flannel-vxlan/vni", "-q")[0] == 0


def test_violations_outweigh_what_was_not_exercised():
    assert check(BROKEN, "--require", "kubernetes/masquerade", "-q")[0] == 1


def test_exit_zero_is_for_those_who_only_want_the_report():
    assert check(BROKEN, "--exit-zero", "-q")[0] == 0


RULES = """profile: own
title: Own
extends: [flannel-vxlan]
rules:
  - id: own/odd
    title: Nothing is like this
    at: uplink
    when: {form: vxlan}
    expect: {ip.ttl: 7}
    severity: warning
    because: Somebody has to say so.
    fix: Nothing has to be done.
    references: [RFC 791]
"""


@pytest.mark.parametrize(("level", "status"), [("error", 0), ("warning", 1)])
def test_severity_from_which_findings_fail(tmp_path, level, status):
    rules = tmp_path / "own.yaml"
    rules.write_text(RULES)
    assert check(HEALTHY, "--profile", rules, "--fail-on", level, "-q")[0] == status


@pytest.mark.parametrize(
    "words",
    [
        (
            "--format",
            "text=",
        ),
        ("--format", "text", "--format", "json"),
        ("--format", "nope"),
    ],
)
def test_formats_that_cannot_be_are_usage_errors(words):
    assert check(HEALTHY, *words)[0] == 2


def test_several_formats_at_once(tmp_path):
    names = {"junit": "j.xml", "html": "r.html", "markdown": "m.md", "github": "g.txt", "sarif": "s.sarif"}
    words = [word for name, file in names.items() for word in ("--format", f"{name}={tmp_path / file}")]
    status, text, _ = check(BROKEN, "--format", "text", *words)
    assert status == 1
    assert text.startswith("violations: ")
    assert all((tmp_path / file).stat().st_size for file in names.values())
