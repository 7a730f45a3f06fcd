"""Small captures on disk, and what the map stage reads of them; times are microseconds."""

from captures_build import pcap, record
from clusters import cluster, template

from pcapcheck.bind.place import fingerprints, place
from pcapcheck.capture.inputs import find_inputs
from pcapcheck.collect.map import read_all
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.correlate.assemble import assemble
from pcapcheck.scale.executor import Executor
from pcapcheck.scale.resources import Resources


def write(folder, captures, **header):
    """Write captures: `{"node1_eth0.pcap": packets}`.

    A packet comes a millisecond after the one before it, and ten microseconds later in the next file.
    """
    for number, (name, packets) in enumerate(captures.items()):
        rows = [record(each, fraction=1000 * at + 10 * number) for at, each in enumerate(packets)]
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(pcap(*rows, **header))
    return find_inputs((str(folder),))


def read(folder, captures, **header):
    """Write captures and return what the map stage found of each."""
    return read_all(write(folder, captures, **header).captures, ReadPlan(), Resources(Executor()))


def assembled(folder, captures, topology=None):
    """Write captures of a cluster; return where each was placed, and the network that they show."""
    known = topology or cluster()
    placed = place(read(folder, captures), known)
    files = [each.input.shown for each in placed.captured]
    return placed, assemble(placed.variants, fingerprints(placed), placed.points, files, known, template)
