"""plan: prints the capture commands for a topology, as a script that records what each file shows."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pcapcheck.topology.topology import Topology


@click.command()
@click.argument("topology", type=click.Path(), metavar="TOPOLOGY")
@click.option(
    "--pod",
    "pods",
    multiple=True,
    metavar="NAME",
    help="Capture on the path of this pod; repeat for several.",
)
@click.option(
    "--via", type=click.Choice(["kubectl", "ssh"]), default="kubectl", help="How to reach the nodes."
)
@click.option("--seconds", type=click.IntRange(1, 86400), default=60, help="How long to capture.")
@click.option(
    "--snap", type=click.IntRange(0, 262144), default=0, help="Bytes to capture of each packet; 0 means all."
)
@click.option("--image", default="nicolaka/netshoot", help="The image with tcpdump for `kubectl debug`.")
@click.option("--folder", default="captures", help="Folder for the captures.")
def command(
    topology: str, pods: tuple[str, ...], via: str, seconds: int, snap: int, image: str, folder: str
) -> None:
    """Print a shell script that captures at all hops at the same time.

    TOPOLOGY is a topology file. The script runs tcpdump inside the selected pods and on their nodes. The
    selected pods are those of --pod, otherwise those in `traffic:`, otherwise all if there are few. The
    topology is stored next to the captures, with an entry for each file.

    \b
    Example:
      pcapcheck plan topology.yaml --pod default/web-1 --pod default/db-0 > capture.sh
      sh capture.sh && pcapcheck check captures/
    """
    from pcapcheck.topology.load import load_topology
    from pcapcheck.topology.planning import PlanMeans, chosen_pods, script

    found = load_topology(topology)
    means = PlanMeans(via, seconds, snap, image, folder)
    click.echo(script(found, chosen_pods(found, _names(found, pods)), means), nl=False)


def _names(topology: "Topology", pods: tuple[str, ...]) -> list[str]:
    """Return the full names of pods, which may be given without their namespace."""
    from pcapcheck.errors import InputError, did_you_mean
    from pcapcheck.topology.aliases import Aliases

    aliases = Aliases(topology)
    names = {each: aliases.pod(each) for each in pods}
    for each, name in names.items():
        if name is None:
            fix = did_you_mean(each, topology.pods, f"`pods:` of {topology.source} lists the pods")
            raise InputError("--pod", f"`{each}` is not a pod of {topology.source}", fix)
    return [name for name in names.values() if name]
