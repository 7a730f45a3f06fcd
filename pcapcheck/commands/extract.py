"""extract: writes the packets that prove what was found, with comments, or captures with pseudonyms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pcapcheck.errors import InputError
from pcapcheck.options import Request, request_options, run_option
from pcapcheck.report.console import check_writable, progress, warn

if TYPE_CHECKING:
    from pcapcheck.anonymise.pseudonyms import Pseudonyms
    from pcapcheck.capture.inputs import Inputs
    from pcapcheck.decode.registry import Dissectors
    from pcapcheck.extract.chosen import Choice
    from pcapcheck.extract.excerpt import ExtractMeans
    from pcapcheck.extract.originals import Places
    from pcapcheck.run.settings import Settings
    from pcapcheck.topology.topology import CaptureEntry, Topology

UNREADABLE = 2


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
@request_options
@click.option(
    "-o",
    "--output",
    metavar="FILE|FOLDER/",
    required=True,
    help="One pcapng file, or a folder for one file per capture.",
)
@run_option("flow", help="All packets of this flow: its name, POD-POD[:PORT], or its row.")
@click.option(
    "--rule",
    "ids",
    metavar="ID",
    multiple=True,
    help="Only evidence of this rule or diagnosis; patterns are allowed.",
)
@click.option(
    "--frames",
    metavar="FILE:N,…",
    multiple=True,
    help="Only these frames: node1_eth0.pcap:3,7-9,node2_eth0.pcap:4.",
)
@click.option("--all", "everything", is_flag=True, help="All packets; the default for a folder and for text.")
@click.option("--anonymise", is_flag=True, help="Replace addresses, MACs, names and payloads.")
@click.option("--key", metavar="TEXT|@FILE", help="The same key gives the same pseudonyms; default: random.")
def command(request: Request, output: str, **given: Any) -> int:
    """Extract the packets that prove the findings of `check`.

    A comment on each packet says what it proves.

    The packets of all captures are merged by time; each capture point becomes an interface whose
    description names the node or pod. A selection (--flow, --pod, -Y) takes all packets of these flows.

    With --anonymise, addresses of one network stay in one network, equal payloads stay equal, and
    correct checksums stay correct, so that `check` reports the same findings. The topology is written as
    well: topology.yaml in a folder, otherwise FILE.topology.yaml. Ports, lengths, times and tunnel
    identifiers are kept.

    \b
    Examples:
      pcapcheck extract captures/ -o evidence.pcapng
      pcapcheck extract captures/ --flow web-1-db-0:5432 -o flow.pcapng
      pcapcheck extract captures/ --frames node1_eth0.pcap:3,7-9 -o three.pcapng
      pcapcheck extract captures/ --anonymise -o anonymous/
    """
    from pcapcheck.scale.scratch import Scratch

    order = Order(output, **{name: given[name] for name in Order.__slots__ if name != "output"})
    order.check(has_flow=bool(request.words.get("flow")))
    with Scratch() as scratch:
        return _extract(request, order, scratch.path)


@dataclass(frozen=True, slots=True)
class Order:
    """The options of this command, besides the common ones."""

    output: str
    ids: tuple[str, ...]
    frames: tuple[str, ...]
    everything: bool
    anonymise: bool
    key: str | None

    @property
    def folder(self) -> bool:
        """Whether each capture is written to a file of its own."""
        return self.output.endswith("/") or Path(self.output).is_dir()

    def check(self, *, has_flow: bool) -> None:
        """Raise if options contradict each other; `has_flow` says whether --flow was given."""
        chosen = [name for name in ("frames", "everything") if getattr(self, name)]
        if len(chosen) > 1 or (chosen and (has_flow or self.ids)):
            raise click.UsageError(
                "--all, --frames, and --flow with --rule each choose packets: give one of them"
            )
        if self.key is not None and not self.anonymise:
            raise click.UsageError("--key is of use with --anonymise only")
        if not self.folder:
            check_writable(self.output)

    def pseudonyms(self) -> Pseudonyms | None:
        """Return the pseudonyms for addresses and names, or None without --anonymise."""
        from pcapcheck.anonymise.pseudonyms import Pseudonyms

        if not self.anonymise:
            return None
        if self.key is None or not self.key.startswith("@"):
            return Pseudonyms(self.key)
        try:
            return Pseudonyms(Path(self.key[1:]).read_bytes().decode(errors="surrogateescape").strip())
        except OSError as error:
            raise InputError(
                self.key[1:], f"can't be read: {error.strerror}", "name a file that holds the key"
            ) from None


def _extract(request: Request, order: Order, scratch: str) -> int:
    """Choose packets and write them."""
    from dataclasses import replace

    from pcapcheck.capture.inputs import spool
    from pcapcheck.extract.excerpt import ExtractMeans
    from pcapcheck.extract.originals import Places

    inputs, topology = request.find()
    _check_not_an_input(order, inputs)
    settings = request.settings(topology)
    inputs = replace(inputs, captures=spool(inputs.captures, scratch))
    pseudonyms = order.pseudonyms()
    choice = _choice(order, inputs, topology, settings)
    if choice.empty:
        warn("nothing was found, so there is nothing to extract; --all takes every packet", level="note")
        return 0
    means = ExtractMeans(choice, _table(topology, settings), pseudonyms)
    places = Places(inputs.captures, topology, pseudonyms)
    return Writing(order, inputs, topology, means, places).write()


def _check_not_an_input(order: Order, inputs: Inputs) -> None:
    """Refuse to overwrite a capture that is still to be read."""
    target = Path(order.output).resolve()
    for each in inputs.captures:
        source = Path(each.path).resolve()
        if target in (source, source.parent if order.folder else source):
            raise InputError(order.output, "the captures themselves lie there", "write somewhere else")


def _choice(order: Order, inputs: Inputs, topology: Topology, settings: Settings) -> Choice:
    """Return which packets are taken."""
    from pcapcheck.capture.textfile import all_text
    from pcapcheck.extract.chosen import Choice, read_frames

    files = [each.shown for each in inputs.captures]
    if order.frames:
        return Choice(read_frames(order.frames, files), since=settings.since, until=settings.until)
    chosen = settings.selection or order.ids
    if order.everything or ((order.folder or all_text(inputs.captures)) and not chosen):
        return Choice(since=settings.since, until=settings.until)
    return _found(order, inputs, topology, settings)


def _found(order: Order, inputs: Inputs, topology: Topology, settings: Settings) -> Choice:
    """Return the packets of the selected flows, or those that prove what is found."""
    from pcapcheck.check.finding import Frame
    from pcapcheck.extract.chosen import Choice, frames_of
    from pcapcheck.extract.evidence import comments_of
    from pcapcheck.run.check import run, run_with_packets

    whole_flows = settings.selection and not order.ids
    with progress() as tell:
        if whole_flows:
            report, packets = run_with_packets(inputs, topology, settings, tell)
        else:
            report = run(inputs, topology, settings, tell)
    comments = comments_of(report, order.ids, in_words=not order.anonymise)
    if not whole_flows:
        return Choice(frames_of(comments), comments)
    files = [each.shown for each in inputs.captures]
    return Choice(frames_of(Frame(files[file], frame) for file, frame in packets.iter_rows()), comments)


def _table(topology: Topology, settings: Settings) -> Dissectors:
    """Return how packets are decoded: as all candidate profiles say."""
    from pcapcheck.check.candidates import dissectors, find_candidates
    from pcapcheck.decode.registry import dissector_table

    candidates = find_candidates(
        topology, settings.profiles, settings.parameters, settings.rules, decoding_only=True
    )
    return dissector_table(dissectors(candidates.profiles, settings.decode_as), by_content=True)


@dataclass(frozen=True, slots=True)
class Writing:
    """What is written, and where."""

    order: Order
    inputs: Inputs
    topology: Topology
    means: ExtractMeans
    places: Places

    def write(self) -> int:
        """Write packets and topology; return the exit status."""
        return self._folder() if self.order.folder else self._file()

    def _folder(self) -> int:
        from pcapcheck.extract.folder import write_folder

        complaints: list[str] = []
        folder = Path(self.order.output)
        written = write_folder(self.inputs.captures, self.means, self.places, folder, complaints.append)
        for each in complaints:
            warn(each)
        self._topology(folder / "topology.yaml", [entry for each in written for entry in each.entries])
        self._say(sum(each.packets for each in written), f"{len(written)} captures")
        named = any(each.named for each in self.inputs.captures)
        return UNREADABLE if named and len(written) < len(self.inputs.captures) else 0

    def _file(self) -> int:
        from pcapcheck.extract.excerpt import Excerpt
        from pcapcheck.extract.merged import write_merged

        frames = self.means.choice.frames
        chosen = [each for each in self.inputs.captures if frames is None or frames.get(each.shown)]
        excerpts = [Excerpt(each, self.means) for each in chosen]
        with Path(self.order.output).open("wb") as stream:
            count = write_merged(excerpts, self.places, stream)
        for each in excerpts:
            for note in each.notes:
                warn(f"{each.file.shown}: {note}")
        self._topology(Path(self.order.output).with_suffix(".topology.yaml"), [])
        self._say(count, f"{len(excerpts)} captures")
        return 0

    def _topology(self, path: Path, entries: list[CaptureEntry]) -> None:
        """Write the topology with the same pseudonyms, if there is one."""
        from pcapcheck.anonymise.topologymap import anonymised_topology
        from pcapcheck.topology.writing import written

        if self.means.pseudonyms is None or not (self.topology.nodes or self.topology.pods):
            return
        mapped = anonymised_topology(self.topology, self.means.pseudonyms, entries)
        path.write_text(written(mapped, ("Addresses and names are pseudonyms.",)), encoding="utf-8")

    def _say(self, packets: int, of: str) -> None:
        warn(f"{packets:,} packets of {of} written to {self.order.output}", level="note")
