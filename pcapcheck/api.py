"""What `import pcapcheck` offers: the words of the command line as functions. Nothing prints, nothing exits.

A mistake of the caller is an `InputError`; all else that is found stands in what is returned. With `jobs`
greater than 1, a script must keep its own work under `if __name__ == "__main__":`: each worker imports it.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, Unpack

from pcapcheck.capture.inputs import Inputs, find_inputs
from pcapcheck.errors import InputError
from pcapcheck.result import Result
from pcapcheck.run.optionvalues import Dissections
from pcapcheck.run.settings import RunWords, read_settings
from pcapcheck.topology.load import load_topology
from pcapcheck.topology.topology import Topology

if TYPE_CHECKING:
    import polars as pl

    from pcapcheck.compare.difference import Difference
    from pcapcheck.compare.side import Side

__all__ = [
    "InputError",
    "Result",
    "Topology",
    "check",
    "diff",
    "fields",
    "find",
    "flows",
    "infer_topology",
    "load_topology",
]

PathLike: TypeAlias = str | Path
Intended: TypeAlias = str | Path | Topology | None  # a topology, its file, or none


def check(
    *paths: PathLike,
    topology: Intended = None,
    sightings: bool = False,
    **words: Unpack[RunWords],
) -> Result:
    """Check captures against profiles and a topology.

    Args:
        paths: captures, folders or globs.
        topology: default: the topology.yaml beside the captures.
        sightings: keep every sighting for `Result.frame("sightings")`.
        words: `profile` (names or files; default: the topology's, else the one that fits), `parameters`
            (of the profile: {"vni": 5}), `jobs` (worker processes; default: 1); and as on the command line
            `select`, `ignore`, `require`, `fail_on`, `decode_as`, `filter`, `pod`, `flow`, `since`, `until`,
            `scheduler`, `memory` and `scratch`. `run.settings.RunWords` has their types.

    Raises:
        InputError: an argument cannot be used, or no capture can be read.
    """
    from pcapcheck.run.check import run, run_with_sightings

    inputs, intended = find(paths, topology, words.get("scratch"))
    settings = read_settings(intended, **words)
    if sightings:
        return Result(*run_with_sightings(inputs, intended, settings))
    return Result(run(inputs, intended, settings))


def flows(*paths: PathLike, topology: Intended = None, **words: Unpack[RunWords]) -> "pl.DataFrame":
    """Return the flow table over all layers and points: one row per flow, in order of first packets.

    Its columns are those of `correlate.flowlist.SCHEMA`; times are UTC, durations are durations.

    Args:
        paths: captures, folders or globs.
        topology: default: the topology.yaml beside the captures.
        words: as in `check`.

    Raises:
        InputError: an argument cannot be used, or no capture can be read.
    """
    import polars as pl

    from pcapcheck.run.flows import list_flows

    inputs, intended = find(paths, topology, words.get("scratch"))
    table, _ = list_flows(inputs, intended, read_settings(intended, **words))
    times = pl.col("first").cast(pl.Datetime("ns", "UTC"))
    return table.with_columns(times, pl.col("duration").cast(pl.Duration("ns")))


def infer_topology(*paths: PathLike, **words: Unpack[RunWords]) -> Topology:
    """Return the network that captures alone show; what was guessed stands in its `inferred` and `notes`.

    Args:
        paths: captures, folders or globs.
        words: as in `check`.

    Raises:
        InputError: an argument cannot be used, or no capture can be read.
    """
    from pcapcheck.run.check import guess_topology

    inputs = _inputs(paths, words.get("scratch"))
    return guess_topology(inputs, read_settings(Topology(), **words))


def contradicted(paths: Sequence[PathLike], topology: Topology) -> tuple[str, ...]:
    """Return what the packets of captures contradict in a topology, one sentence each.

    Args:
        paths: captures, folders or globs.
        topology: the intended network.

    Raises:
        InputError: a path cannot be used, or no capture can be read.
    """
    from pcapcheck.run.check import contradicted_by

    return contradicted_by(_inputs(paths, None), topology, read_settings(topology))


def diff(
    good: PathLike | Sequence[PathLike],
    bad: PathLike | Sequence[PathLike],
    *,
    topology: Intended = None,
    **words: Unpack[RunWords],
) -> "Difference":
    """Compare two sets of captures of one network.

    Args:
        good: a capture, a folder, a glob, or several of them.
        bad: likewise.
        topology: of both; default: the topology.yaml beside each.
        words: as in `check`; without `profile`, both are compared by the profile that fits GOOD.

    Raises:
        InputError: an argument cannot be used, or no capture can be read.
    """
    from pcapcheck.compare.compare import compare
    from pcapcheck.run.check import look_at

    sides: list[Side] = []
    for paths in (good, bad):
        several = (paths,) if isinstance(paths, str | Path) else tuple(paths)
        inputs, intended = find(several, topology, words.get("scratch"))
        settings = read_settings(intended, **words)
        sides.append(look_at(inputs, intended, settings, next(iter(sides), None)))
    return compare(*sides)


def fields(*paths: PathLike, names: Sequence[str], decode_as: Dissections = ()) -> "pl.DataFrame":
    """Return fields of packets, one row per packet, as `tshark -T fields` prints the outermost occurrence.

    Args:
        paths: captures, folders or globs.
        names: Wireshark's names; `inner.ip.src` is the innermost occurrence.
        decode_as: `["udp.port==8472,vxlan"]`.

    Raises:
        InputError: there is no field of one of these names, or a capture cannot be read.
    """
    import polars as pl

    from pcapcheck.collect.plan import ReadPlan
    from pcapcheck.decode.columns import parse_name
    from pcapcheck.run.fields import list_fields
    from pcapcheck.scale.resources import Resources

    for name in names:
        parse_name(name)
    plan = ReadPlan(tuple(names), read_settings(Topology(), decode_as=decode_as).decode_as)
    inputs = find_inputs(tuple(map(str, paths)))
    files = [each.path for each in inputs.captures]
    parts = list(list_fields(files, plan, Resources(), lambda _: None))
    empty = pl.DataFrame(schema=dict.fromkeys(names, pl.Null))
    return pl.concat(parts) if parts else empty


def find(
    paths: Sequence[PathLike], topology: Intended = None, scratch: PathLike | None = None
) -> tuple[Inputs, Topology]:
    """Return the captures that paths name, and the topology.

    The given one, else that beside them, or its dumps. Archives are unpacked in the folder `scratch`.

    Raises:
        InputError: there is no capture, or the topology cannot be used.
    """
    inputs = _inputs(paths, scratch)
    if isinstance(topology, Topology):
        return inputs, topology
    if topology is not None:
        return inputs, load_topology(topology)
    beside = inputs.topology
    return inputs, load_topology(beside.path, beside.name) if beside else _beside(inputs)


def _inputs(paths: Sequence[PathLike], scratch: PathLike | None) -> Inputs:
    return find_inputs(tuple(map(str, paths)), None if scratch is None else str(scratch))


def _beside(inputs: Inputs) -> Topology:
    """Return the topology that dumps beside the captures show; an empty one if there are none."""
    if not inputs.others and not inputs.notes:
        return Topology()
    from pcapcheck.dumps.importer import import_beside

    found = import_beside(inputs)
    return replace(found, notes=(*inputs.notes, *found.notes))
