"""The short journey: captures -> the flow table. Nothing is followed from hop to hop, and nothing is judged.

It imports what it needs only, so that a list of flows is there soon; it opens nothing itself.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from pcapcheck.capture.inputs import Inputs
from pcapcheck.captured import Captured
from pcapcheck.check.selection import narrow
from pcapcheck.correlate.flowlist import flow_list
from pcapcheck.correlate.strong import KEYS_OF_A_TUPLE
from pcapcheck.correlate.tuples import FIELDS
from pcapcheck.placing import place
from pcapcheck.reading import (
    FEW,
    NO_PATHS,
    Progress,
    assembled,
    candidates_of,
    look_for,
    read_captures,
    resources_of,
)
from pcapcheck.settings import Settings
from pcapcheck.settling import Settled, settle
from pcapcheck.sizing import is_one_large_point
from pcapcheck.task import fields_to_read
from pcapcheck.topology.topology import Topology

# What tells interfaces of `any` apart.
LINKS: Final = ("sll.ifindex", "sll.pkttype", "sll.hatype", "sll.src.eth")


def list_flows(
    inputs: Inputs, topology: Topology, settings: Settings, progress: Progress | None = None
) -> tuple[pl.DataFrame, tuple[Captured, ...]]:
    """Return the selected flows as `flowlist.flow_list` lists them, and the captures that were read.

    Where the topology is known, tuples and the keys that join them across translation are all that is read;
    and of one large capture, which shows little of a topology and may have very many flows.

    Raises:
        InputError: as `run`.
    """
    candidates = candidates_of(topology, settings, decoding_only=True)
    large = is_one_large_point(inputs.captures)
    look = look_for(candidates.profiles, settings, FEW if large else KEYS_OF_A_TUPLE)
    known = large or bool(topology.nodes or topology.pods)
    names = (*FIELDS, *LINKS) if known else fields_to_read(())
    look = replace(look, names=(*names, *settings.selection.fields))
    with resources_of(inputs, settings, following=False) as using:
        captured = read_captures(inputs, look, using, progress)
        settled = Settled(place(captured, topology), topology) if known else settle(captured, topology)
        network = assembled(settled.placed, settled.topology, NO_PATHS)
    return flow_list(narrow(network, settings.selection)), settled.placed.captured


def export(
    inputs: Inputs,
    topology: Topology,
    settings: Settings,
    folder: Path,
    progress: Progress | None = None,
) -> tuple[pl.DataFrame, tuple[Captured, ...]]:
    """Return what `list_flows` returns, and write every sighting of the selected flows to a folder.

    Raises:
        InputError: as `run`, or a disk is full.
    """
    from pcapcheck.dataset import write_sightings

    candidates = candidates_of(topology, settings, decoding_only=True)
    with resources_of(inputs, settings) as using:
        captured = read_captures(inputs, look_for(candidates.profiles, settings, None), using, progress)
        settled = settle(captured, topology)
        network = narrow(assembled(settled.placed, settled.topology, NO_PATHS), settings.selection)
        write_sightings(settled.placed, network, folder, using)
    return flow_list(network), settled.placed.captured
