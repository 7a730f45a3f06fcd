"""topology: makes topology files from dumps (`import`) or captures (`infer`), and checks them (`check`)."""

from typing import TYPE_CHECKING

import click

from pcapcheck.options import run_option
from pcapcheck.report.console import say, warn

if TYPE_CHECKING:
    from pcapcheck.topology.topology import Topology


@click.group()
def command() -> None:
    """Create and check topology files, which describe the network.

    \b
    Examples:
      pcapcheck topology import dumps/ -o captures/topology.yaml
      pcapcheck topology infer captures/ -o captures/topology.yaml
      pcapcheck topology check captures/topology.yaml
    """


@command.command("import")
@click.argument("folder", type=click.Path())
@click.option(
    "-o", "--output", type=click.Path(), metavar="FILE", help="Write to FILE, not to standard output."
)
def import_(folder: str, output: str | None) -> None:
    """Create a topology file from a folder of dumps.

    Each file is recognised by its content: `ip -j -d addr`, `ip -j route show table all`, `ip -j neigh`,
    `bridge -j fdb`, `wg show all dump` and iptables-save of nodes and pods, also as plain text, and `kubectl
    get nodes,pods,services,endpointslices -A -o json`. Where nodes differ, the value that
    most of them have is assumed to be intended; every such choice is written to standard error and into the
    file.

    \b
    Example:
      pcapcheck topology import dumps/ -o captures/topology.yaml
    """
    from pcapcheck.dumps.importer import import_topology
    from pcapcheck.topology.contradictions import contradictions
    from pcapcheck.topology.writing import written

    topology = import_topology(folder)
    remarks = [*topology.notes, *(each.what for each in contradictions(topology))]
    for each in remarks:
        warn(each)
    _write(written(topology, ["Made by `pcapcheck topology import`.", *remarks]), output)


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(), metavar="PATH...")
@click.option(
    "-o", "--output", type=click.Path(), metavar="FILE", help="Write to FILE, not to standard output."
)
@run_option("profile", multiple=False, help="The profile of the network. Default: what fits.")
def infer(paths: tuple[str, ...], output: str | None, profile: str | None) -> None:
    """Create a topology file from captures.

    It is the topology that `check` assumes if none is given. Where nodes differ, the majority decides; what
    the captures do not show is left out. Review it before you rely on it: every guess is a comment in it.

    \b
    Example:
      pcapcheck topology infer captures/ -o captures/topology.yaml
    """
    from pcapcheck.api import infer_topology
    from pcapcheck.topology.writing import written

    topology = infer_topology(*paths, profile=profile)
    remarks = ["Made by `pcapcheck topology infer`; these are guesses.", *topology.inferred, *topology.notes]
    _write(written(topology, remarks), output)


@command.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@click.option(
    "--captures",
    multiple=True,
    type=click.Path(),
    metavar="PATH",
    help="Also look for what the packets of these captures contradict; repeat for more.",
)
def check(files: tuple[str, ...], captures: tuple[str, ...]) -> int:
    """Look for contradictions in topology files, and between them and captures.

    Exit status: 1 if there are any, else 0.

    \b
    Examples:
      pcapcheck topology check captures/topology.yaml
      pcapcheck topology check captures/topology.yaml --captures captures/
    """
    from pcapcheck.api import contradicted
    from pcapcheck.documents.document import Document
    from pcapcheck.topology.contradictions import contradictions
    from pcapcheck.topology.load import read_topology

    wrong = 0
    for file in files:
        document = Document.load(file)
        topology = read_topology(document)
        for each in contradictions(topology):
            say(str(document.place(*each.keys).error(each.what, each.fix)))
            wrong += 1
        for sentence in contradicted(captures, topology) if captures else ():
            say(f"{file}: {sentence}")
            wrong += 1
        say(f"{file}: {_summary(topology)}")
    return 1 if wrong else 0


def _summary(topology: "Topology") -> str:
    counts = {
        "node": len(topology.nodes),
        "pod": len(topology.pods),
        "service": len(topology.services),
        "capture": len(topology.captures),
    }
    return ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in counts.items())


def _write(text: str, output: str | None) -> None:
    from pathlib import Path

    from pcapcheck.errors import InputError

    if output is None:
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            output, f"cannot be written: {error.strerror}", "give a path that can be written"
        ) from None
