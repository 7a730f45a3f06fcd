"""Options that several commands have: which captures, how to read them, and which flows.

Takes what click parsed, gives an `Asked` to the command in their stead. Nothing heavy is imported before the
command asks for something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pcapcheck.capture.inputs import Inputs
    from pcapcheck.run.settings import Settings
    from pcapcheck.topology.topology import Topology

WORKERS = (
    click.option(
        "--jobs",
        metavar="N",
        type=click.IntRange(1, 256),
        help="Worker processes.  [one a core where the captures are large, else 1]",
    ),
    click.option(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="Work on this Dask cluster: captures and --scratch must be where all its machines see them.",
    ),
    click.option("--memory", metavar="SIZE", help="What each process may take, such as 2GB.  [1GB]"),
    click.option(
        "--scratch",
        metavar="FOLDER",
        help="Where archives are unpacked, and what exceeds memory is kept meanwhile.  [the system's]",
    ),
)
OPTIONS = (
    click.option(
        "--profile",
        "profiles",
        metavar="NAME|FILE",
        multiple=True,
        help="A profile to check against; repeat for several. Default: the topology's, else what fits.",
    ),
    click.option(
        "--topology",
        metavar="FILE",
        help="What the network is meant to be. Default: the topology.yaml beside the captures.",
    ),
    click.option(
        "--set", "parameters", metavar="NAME=VALUE", multiple=True, help="A parameter of the profile: vni=5."
    ),
    click.option(
        "-d",
        "--decode-as",
        metavar="TABLE==NUMBER,PROTOCOL",
        multiple=True,
        help="What a number means, as tshark writes it: udp.port==8472,vxlan.",
    ),
    click.option(
        "-Y",
        "--filter",
        metavar="MATCHERS",
        help="Only flows that have a packet like this: 'inner.tcp.dstport=5432 form=vxlan'.",
    ),
    click.option(
        "--pod", "pods", metavar="NAME", multiple=True, help="Only flows of this pod; repeat for several."
    ),
    click.option("--since", metavar="TIME", help="Leave out packets before this time, 2026-01-31T09:00:00Z."),
    click.option("--until", metavar="TIME", help="Leave out packets after this time."),
    *WORKERS,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, in the user's words; attributes are called as their options."""

    paths: tuple[str, ...]
    profiles: tuple[str, ...]
    topology: str | None
    parameters: tuple[str, ...]
    decode_as: tuple[str, ...]
    filter: str | None
    pods: tuple[str, ...]
    since: str | None
    until: str | None
    jobs: int | None
    scheduler: str | None
    memory: str | None
    scratch: str | None

    def find(self) -> tuple[Inputs, Topology]:
        """Return the captures that the paths name, and the topology.

        Raises:
            InputError: there is no capture, or the topology cannot be used.
        """
        from pcapcheck.api import find

        return find(self.paths, self.topology, self.scratch)

    def settings(self, topology: Topology, **more: Any) -> Settings:
        """Return the settings; `more` as in `settings.read_settings`.

        Raises:
            InputError: an option means nothing.
        """
        from pcapcheck.run.settings import read_settings

        return read_settings(
            topology,
            profile=self.profiles,
            parameters=self.parameters,
            decode_as=self.decode_as,
            filter=self.filter,
            pod=self.pods,
            since=self.since,
            until=self.until,
            jobs=self.jobs,
            scheduler=self.scheduler,
            memory=self.memory,
            scratch=self.scratch,
            **more,
        )


def asked(work: Callable[..., int]) -> Callable[..., int]:
    """Add the options to a command, whose first argument they become as an `Asked`."""

    @wraps(work)
    def wrapped(**given: Any) -> int:
        own = {each.name: given.pop(each.name) for each in fields(Asked)}
        return work(Asked(**own), **given)

    for option in reversed(OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def workers(work: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where a command works: jobs, scheduler, memory, scratch."""
    for option in reversed(WORKERS):
        work = option(work)
    return work
