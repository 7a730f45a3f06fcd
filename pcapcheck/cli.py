"""The command line: finds the commands in `commands/`, and turns what they raise into exit statuses.

A command is a file of `commands/` whose attribute `command` is a click command or group; its name is the
file's. Files are imported when their command is asked for, so `--version` costs the import of click. A
command returns its exit status (None: 0) or calls `ctx.exit(status)`. Statuses beside those of `check` (0,
1, 2, 3): 130 after Ctrl-C, 141 when the reader of a pipe has gone (128 + SIGPIPE, what a shell shows for
grep), 70 for a mistake of ours (EX_SOFTWARE of sysexits.h), so that CI never takes a crash for violations.
"""

import errno
import gc
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click

from pcapcheck import __version__
from pcapcheck.errors import InputError, did_you_mean

NAME = "pcapcheck"
COMPLETE = "_PCAPCHECK_COMPLETE"
BAD_INPUT = 2
INTERNAL_ERROR = 70
INTERRUPTED = 130
CLOSED_PIPE = 141
COMMANDS = Path(__file__).parent / "commands"
# numpy and polars start their threads on import: one is enough for us (no linear algebra), and saves 50 ms.
THREADS = {"OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": str(min(os.cpu_count() or 1, 4))}
# Collecting garbage as often as Python does by default is a tenth of a short run, and finds next to nothing.
COLLECT = (300_000, 20, 20)


class Commands(click.Group):
    """The group of all commands, one file each."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, sorted."""
        return sorted(file.stem for file in COMMANDS.glob("*.py") if not file.stem.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name, or return None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(f"pcapcheck.commands.{cmd_name}").command
        assert isinstance(command, click.Command), f"commands/{cmd_name}.py: `command` is no click command"
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first argument names; an unknown one is answered with the nearest."""
        known = self.list_commands(ctx)
        if args[0].startswith("-") or args[0] in known or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        listed = "`pcapcheck --help` lists the commands"
        is_path = args[0] == "." or Path(args[0]).exists()
        fix = f"`pcapcheck check {args[0]}` checks it" if is_path else did_you_mean(args[0], known, listed)
        raise click.UsageError(f"`{args[0]}` is not a command\n  fix: {fix}", ctx)


EPILOG = f"""Exit status: 0 conformant, 1 violations, 2 bad usage or input, 3 inconclusive.

\b
Shell completion, for bash, zsh and fish:
  eval "$({COMPLETE}=bash_source pcapcheck)"
  eval "$({COMPLETE}=zsh_source pcapcheck)"
  {COMPLETE}=fish_source pcapcheck | source
"""


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)
@click.version_option(__version__, prog_name=NAME, message="%(prog)s %(version)s")
def commands() -> None:
    """Report which hop of a Kubernetes network violates which rule, and why.

    \b
    Examples:
      pcapcheck check captures/
      pcapcheck flows captures/
      pcapcheck COMMAND --help
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process; `arguments` stand for those of the process."""
    for variable, value in THREADS.items():
        os.environ.setdefault(variable, value)
    gc.set_threshold(*COLLECT)
    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file name may hold any bytes
    _leave(exit_status(lambda: _run(arguments)))


def exit_status(work: Callable[[], int]) -> int:
    """Do `work` and return its status, or the status that belongs to what it raised."""
    try:
        return work()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except InputError as error:
        return _complain(str(error))
    except (KeyboardInterrupt, click.Abort):
        return _interrupted()
    except BrokenPipeError:
        return _closed_pipe()
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return _complain(f"{error.filename or 'output'}: no space left\n  fix: free some space")
        return _internal_error()


def _leave(status: int) -> NoReturn:
    """End the process at once: an orderly shutdown of Python takes as long as a small capture.

    What has to be undone, workers and scratch, was undone by its context.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # its reader has gone, or it never was
            stream.flush()
    os._exit(status)


def _run(arguments: Sequence[str] | None) -> int:
    """Run the command, and write what is still in the buffer while errors are caught.

    `commands.main` would end with status 1 at a closed pipe; it is asked for shell completion only.
    """
    if COMPLETE in os.environ:
        commands.main(prog_name=NAME, complete_var=COMPLETE)
    with commands.make_context(NAME, list(sys.argv[1:] if arguments is None else arguments)) as context:
        status = commands.invoke(context)
    if sys.stdout is not None:
        sys.stdout.flush()
    return status if isinstance(status, int) else 0


def _complain(message: str) -> int:
    from pcapcheck.report.escape import terminal

    click.echo("\n".join(terminal(line) for line in f"error: {message}".split("\n")), err=True)
    return BAD_INPUT


def _interrupted() -> int:
    """End worker processes; a second Ctrl-C, while we leave, kills at once and silently."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    multiprocessing = sys.modules.get("multiprocessing")
    for process in multiprocessing.active_children() if multiprocessing else ():
        process.terminate()
    return INTERRUPTED


def _closed_pipe() -> int:
    """Discard output that has no reader, so that the interpreter does not complain when it flushes."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return CLOSED_PIPE


def _internal_error() -> int:
    traceback.print_exc()
    click.echo("This is a bug in pcapcheck: please report it with the lines above.", err=True)
    return INTERNAL_ERROR
