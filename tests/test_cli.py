"""The command line as a process: exit statuses, start-up, signals and pipes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import click
import pytest

from pcapcheck import cli
from pcapcheck.errors import InputError

PCAPCHECK = [sys.executable, "-m", "pcapcheck"]
COMMANDS = cli.Commands().list_commands(click.Context(cli.commands))


def run(*arguments, **options):
    return subprocess.run([*PCAPCHECK, *arguments], capture_output=True, text=True, check=False, **options)


def script(text, **options):
    """Start a Python process that runs `text`, with `cli` imported."""
    source = "import sys, time\nfrom pcapcheck import cli\n" + textwrap.dedent(text)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
    return subprocess.Popen([sys.executable, "-c", source], **pipes)


def raising(error):
    def work():
        raise error

    return work


def fastest(command, repetitions=5):
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times)


def test_version_is_that_of_the_package():
    assert run("--version").stdout.split() == ["pcapcheck", cli.__version__]


def test_start_up_takes_a_few_times_what_an_empty_python_takes():
    empty = fastest([sys.executable, "-c", "pass"])
    assert fastest([*PCAPCHECK, "--version"]) < 8 * empty + 0.05


@pytest.mark.parametrize("module", ["numpy", "polars", "jsonschema", "yaml", "pyarrow", "importlib.metadata"])
def test_start_up_imports_nothing_heavy(module):
    with script(f"print({module!r} in sys.modules)") as process:
        assert process.stdout.read() == "False\n"


def test_both_help_options_give_the_same():
    assert run("-h").stdout == run("--help").stdout != ""


def test_no_command_is_bad_usage():
    assert run().returncode == 2


def test_unknown_command_is_answered_with_the_nearest_one(monkeypatch, tmp_path):
    (tmp_path / "check.py").touch()
    monkeypatch.setattr(cli, "COMMANDS", tmp_path)
    with pytest.raises(click.UsageError, match="did you mean `check`"):
        cli.commands.main(["chekc"], standalone_mode=False)


def test_path_in_place_of_a_command_is_answered_with_check(tmp_path):
    result = run(str(tmp_path))
    assert (result.returncode, "pcapcheck check" in result.stderr) == (2, True)


def test_unknown_option_is_bad_usage():
    assert run("--colour").returncode == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_shows_an_example(command):
    shown = run(command, "--help").stdout
    assert "Example" in shown
    assert f"pcapcheck {command}" in shown


@pytest.mark.parametrize("group", ["rules", "topology"])
def test_help_of_each_command_of_a_group_shows_an_example(group):
    commands = cli.commands.get_command(click.Context(cli.commands), group).commands
    shown = {name: run(group, name, "--help").stdout for name in commands}
    assert [
        name for name, text in shown.items() if f"pcapcheck {group} {name}" not in text.split("Example")[-1]
    ] == []


def test_no_description_in_the_list_of_commands_is_cut_off():
    assert "..." not in run("--help").stdout.partition("Commands:")[2]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_line_of_the_help(shell):
    assert f"_PCAPCHECK_COMPLETE={shell}_source pcapcheck" in run("--help").stdout
    done = run(env={**os.environ, "_PCAPCHECK_COMPLETE": f"{shell}_source"})
    assert done.returncode == 0
    assert "pcapcheck" in done.stdout


def test_bash_completes_commands_and_options():
    words = {
        "_PCAPCHECK_COMPLETE": "bash_complete",
        "COMP_WORDS": "pcapcheck check --base",
        "COMP_CWORD": "2",
    }
    assert run(env={**os.environ, **words}).stdout == "plain,--baseline\n"


def test_input_error_goes_to_standard_error_with_status_2(capsys):
    assert cli.exit_status(raising(InputError("a.yaml:1:2", "no `nodes`", "add nodes"))) == 2
    assert capsys.readouterr() == ("", "error: a.yaml:1:2: no `nodes`\n  fix: add nodes\n")


def test_mistake_of_ours_is_neither_violations_nor_bad_input(capsys):
    assert cli.exit_status(raising(ZeroDivisionError())) == cli.INTERNAL_ERROR
    assert "Traceback" in capsys.readouterr().err


def test_returned_status_is_the_exit_status():
    assert cli.exit_status(lambda: 3) == 3


def test_ctrl_c_ends_with_130_and_without_a_traceback():
    with script("sys.exit(cli.exit_status(lambda: (print('ready', flush=True), time.sleep(60))))") as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read().strip() == ""
    assert process.returncode == 130


def test_ctrl_c_leaves_no_worker_behind():
    source = """
        import multiprocessing
        def work():
            worker = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
            worker.start()
            print(worker.pid, flush=True)
            time.sleep(60)
        sys.exit(cli.exit_status(work))
    """
    with script(source) as process:
        worker = Path("/proc", process.stdout.readline().strip())
        process.send_signal(signal.SIGINT)
    assert (process.returncode, worker.exists()) == (130, False)


def test_closed_pipe_is_silent():
    with script("cli.main(['--help'])") as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141


def test_full_disk_is_bad_input_and_not_a_crash():
    with Path("/dev/full").open("w") as full, script("cli.main(['--help'])", stdout=full) as process:
        assert "no space left" in process.stderr.read()
    assert process.returncode == 2


def test_output_survives_any_bytes_of_a_file_name():
    with script("cli.main(['\\udcff\\u20ac'])", env={"PYTHONIOENCODING": "ascii"}) as process:
        assert "Traceback" not in process.stderr.read()
    assert process.returncode == 2
