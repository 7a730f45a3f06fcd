"""Flows: from captures to the flow table. Packets are not followed from hop to hop, and nothing is judged.

It imports only what it needs, so that a short list of flows takes little time.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from pcapcheck.bind.place import place
from pcapcheck.capture.inputs import Inputs
from pcapcheck.check.selection import narrow
from pcapcheck.collect.capturesummary import CaptureSummary
from pcapcheck.collect.fingerprint import KEYS_OF_A_TUPLE
from pcapcheck.collect.plan import ADDRESS_FIELDS, fields_to_read
from pcapcheck.correlate.flowlist import flow_list
from pcapcheck.run.opening import (
    FINGERPRINTS_OF_LARGE_POINT,
    NO_PATHS,
    Progress,
    assembled,
    bind_captures,
    candidates_of,
    is_one_large_point,
    read_captures,
    read_plan,
    resources_of,
)
from pcapcheck.run.settings import Settings
from pcapcheck.topology.topology import Topology

# Fields that distinguish the interfaces in a capture on `any`.
LINKS: Final = ("sll.ifindex", "sll.pkttype", "sll.hatype", "sll.src.eth")


def list_flows(
    inputs: Inputs, topology: Topology, settings: Settings, progress: Progress | None = None
) -> tuple[pl.DataFrame, tuple[CaptureSummary, ...]]:
    """Return the selected flows as `flowlist.flow_list` lists them, and the captures that were read.

    If the topology is known, only address tuples are read, and the fingerprints that join them across
    translations. The same holds for one large capture: it shows little of a topology, and may have very many
    flows.

    Raises:
        InputError: as `run`.
    """
    candidates = candidates_of(topology, settings, decoding_only=True)
    large = is_one_large_point(inputs.captures)
    plan = read_plan(candidates.profiles, settings, FINGERPRINTS_OF_LARGE_POINT if large else KEYS_OF_A_TUPLE)
    known = large or bool(topology.nodes or topology.pods)
    names = (*ADDRESS_FIELDS, *LINKS) if known else fields_to_read(())
    plan = replace(plan, names=(*names, *settings.selection.fields))
    with resources_of(inputs, settings, following=False) as using:
        if known:
            bound = place(read_captures(inputs, plan, using, progress), topology)
        else:
            bound = bind_captures(inputs, topology, plan, using, progress)
        network = assembled(bound, NO_PATHS)
    return flow_list(narrow(network, settings.selection)), bound.captured


def export(
    inputs: Inputs,
    topology: Topology,
    settings: Settings,
    folder: Path,
    progress: Progress | None = None,
) -> tuple[pl.DataFrame, tuple[CaptureSummary, ...]]:
    """Return what `list_flows` returns, and write every sighting of the selected flows to a folder.

    Raises:
        InputError: as `run`, or a disk is full.
    """
    from pcapcheck.run.dataset import write_sightings

    candidates = candidates_of(topology, settings, decoding_only=True)
    with resources_of(inputs, settings) as using:
        bound = bind_captures(
            inputs, topology, read_plan(candidates.profiles, settings, None), using, progress
        )
        network = narrow(assembled(bound, NO_PATHS), settings.selection)
        write_sightings(bound, network, folder, using)
    return flow_list(network), bound.captured
