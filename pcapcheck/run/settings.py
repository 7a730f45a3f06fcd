"""Settings: what a run was told, and the table of the options with which it is told.

The command line (`options.py`), the Python API (`RunWords`) and `Settings` come from its rows. `--help` needs
this module, so numpy and polars are imported only when an option is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

from pcapcheck.check.finding import Severity
from pcapcheck.errors import did_you_mean
from pcapcheck.run import optionvalues as read
from pcapcheck.run.optionvalues import Dissections, Parameters, Time, Words
from pcapcheck.scale.memory import ONE_GB, Budget

if TYPE_CHECKING:
    from pcapcheck.check.candidates import RuleChoice
    from pcapcheck.check.selection import Selection
    from pcapcheck.topology.topology import Topology


@dataclass(frozen=True, slots=True)
class RunOption:
    """One option of a run.

    Attributes:
        keyword: its name in the Python API.
        flags: its names on the command line.
        metavar, help, multiple: as click has them.
        setting: the field of `Settings` that it fills, or "". `rules.select` is a field of its field `rules`.
        read: returns the value of that field for what was given; the topology is its second argument.
        choices: the words that the command line takes, the first by default; empty: any text.
        numbers: the least and the greatest number that the command line takes; None: it takes text.
    """

    keyword: str
    flags: tuple[str, ...]
    metavar: str | None
    help: str
    setting: str
    read: Callable[[Any, Topology], object]
    multiple: bool = False
    choices: tuple[str, ...] = ()
    numbers: tuple[int, int] | None = None


WORKER_OPTIONS: Final = (
    RunOption(
        "jobs",
        ("--jobs",),
        "N",
        "Worker processes.  [one a core where the captures are large, else 1]",
        setting="jobs",
        read=read.jobs,
        numbers=(1, read.MAX_JOBS),
    ),
    RunOption(
        "scheduler",
        ("--scheduler",),
        "tcp://HOST:PORT",
        "Work on this Dask cluster: captures and --scratch must be where all its machines see them.",
        setting="scheduler",
        read=read.text,
    ),
    RunOption(
        "memory",
        ("--memory",),
        "SIZE",
        "What each process may take, such as 2GB.  [1GB]",
        setting="budget",
        read=read.budget,
    ),
    RunOption(
        "scratch",
        ("--scratch",),
        "FOLDER",
        "Where archives are unpacked, and what exceeds memory is kept meanwhile.  [the system's]",
        setting="scratch",
        read=read.text,
    ),
)
COMMON_OPTIONS: Final = (
    RunOption(
        "profile",
        ("--profile",),
        "NAME|FILE",
        "A profile to check against; repeat for several. Default: the topology's, else what fits.",
        setting="profiles",
        read=read.words,
        multiple=True,
    ),
    RunOption(
        "topology",
        ("--topology",),
        "FILE",
        "The intended network. Default: the topology.yaml beside the captures.",
        setting="",  # it is loaded with the captures, before there are settings
        read=read.text,
    ),
    RunOption(
        "parameters",
        ("--set",),
        "NAME=VALUE",
        "A parameter of the profile: vni=5.",
        setting="parameters",
        read=read.parameters,
        multiple=True,
    ),
    RunOption(
        "decode_as",
        ("-d", "--decode-as"),
        "TABLE==NUMBER,PROTOCOL",
        "The protocol of a port number, as tshark writes it: udp.port==8472,vxlan.",
        setting="decode_as",
        read=read.dissectors,
        multiple=True,
    ),
    RunOption(
        "filter",
        ("-Y", "--filter"),
        "MATCHERS",
        "Only flows that have a packet like this: 'inner.tcp.dstport=5432 form=vxlan'.",
        setting="selection.filter",
        read=read.filter,
    ),
    RunOption(
        "pod",
        ("--pod",),
        "NAME",
        "Only flows of this pod; repeat for several.",
        setting="selection.pods",
        read=read.pods,
        multiple=True,
    ),
    RunOption(
        "since",
        ("--since",),
        "TIME",
        "Leave out packets before this time, 2026-01-31T09:00:00Z.",
        setting="since",
        read=partial(read.time, "--since"),
    ),
    RunOption(
        "until",
        ("--until",),
        "TIME",
        "Leave out packets after this time.",
        setting="until",
        read=partial(read.time, "--until"),
    ),
    *WORKER_OPTIONS,
)
CHECK_OPTIONS: Final = (
    RunOption(
        "flow",
        ("--flow",),
        "FLOW",
        "Only this flow: tcp/A:PORT-B:PORT, POD-POD[:PORT], or a row of `flows`.",
        setting="selection.flow",
        read=read.text,
    ),
    RunOption(
        "select",
        ("--select",),
        "ID",
        "Judge only these rules; patterns such as 'flannel-vxlan/*'.",
        setting="rules.select",
        read=read.words,
        multiple=True,
    ),
    RunOption(
        "ignore",
        ("--ignore",),
        "ID",
        "Do not judge these rules. Ids of diagnoses are not accepted.",
        setting="rules.ignore",
        read=read.words,
        multiple=True,
    ),
    RunOption(
        "require",
        ("--require",),
        "ID",
        "Rules that must be exercised, else exit status 3.",
        setting="rules.require",
        read=read.words,
        multiple=True,
    ),
    RunOption(
        "fail_on",
        ("--fail-on",),
        None,
        "Findings at or above it are violations.",
        setting="fail_on",
        read=read.severity,
        choices=("error", "warning"),
    ),
)
RUN_OPTIONS: Final[Mapping[str, RunOption]] = {
    each.keyword: each for each in (*COMMON_OPTIONS, *CHECK_OPTIONS)
}


class RunWords(TypedDict, total=False):
    """The rows of the table as keywords of the Python API, with values written as on the command line."""

    profile: Words
    parameters: Parameters
    decode_as: Dissections
    filter: str | None
    pod: Words
    since: Time
    until: Time
    jobs: int | None
    scheduler: str | None
    memory: str | int | None
    scratch: str | Path | None
    flow: str | int | None
    select: Words
    ignore: Words
    require: Words
    fail_on: str


def _all_rules() -> RuleChoice:
    from pcapcheck.check.candidates import RuleChoice

    return RuleChoice()


def _all_flows() -> Selection:
    from pcapcheck.check.selection import Selection

    return Selection()


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was told.

    Attributes:
        profiles: names or files; empty: the topology's, else detected.
        parameters: values that `--set` gave.
        rules: which rules are judged.
        selection: which flows are looked at.
        decode_as: further dissectors, table -> number -> protocol.
        fail_on: the severity from which a finding is a violation.
        jobs: worker processes; None: as many as seem best.
        scheduler: address of a Dask cluster, whose workers are used instead.
        since, until: nanoseconds since 1970 UTC.
        budget: how much memory each process may take.
        scratch: folder for what does not fit into memory.
    """

    profiles: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    rules: RuleChoice = field(default_factory=_all_rules)
    selection: Selection = field(default_factory=_all_flows)
    decode_as: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    fail_on: Severity = Severity.ERROR
    jobs: int | None = 1
    scheduler: str | None = None
    since: int | None = None
    until: int | None = None
    budget: Budget = ONE_GB
    scratch: str | None = None


def read_settings(topology: Topology, **words: Unpack[RunWords]) -> Settings:
    """Return the settings that these words mean.

    Raises:
        InputError: an option cannot be understood.
    """
    from pcapcheck.check.candidates import RuleChoice
    from pcapcheck.check.selection import Selection

    values: dict[str, dict[str, Any]] = {"": {}, "rules": {}, "selection": {}}
    for keyword, given in words.items():
        option = _option(keyword)
        part, _, name = option.setting.rpartition(".")
        values[part][name] = option.read(given, topology)
    rules, selection = RuleChoice(**values["rules"]), Selection(**values["selection"])
    return Settings(**values[""], rules=rules, selection=selection)


def _option(keyword: str) -> RunOption:
    """Return the row of a keyword; an unknown one raises a TypeError, as with any Python function."""
    if keyword not in RUN_OPTIONS:
        advice = did_you_mean(keyword, RUN_OPTIONS, "help(pcapcheck.check) lists the keywords")
        raise TypeError(f"got an unexpected keyword argument '{keyword}': {advice}")
    return RUN_OPTIONS[keyword]
