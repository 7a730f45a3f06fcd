"""Selects flows by a filter, a pod or the flow's name (`-Y`, `--pod`, `--flow`).

The network is reduced before packets are followed. The variants of a selected flow are kept as a whole, since
half a flow would look as if packets were lost, and ICMP errors towards its ends stay too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import polars as pl

from pcapcheck.check.matchers import Matcher, MatchVerdict, Value, select
from pcapcheck.collect.variants import LOW
from pcapcheck.correlate.flowlist import counted, totals
from pcapcheck.correlate.network import Network
from pcapcheck.documents import values
from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.topology.topology import Topology

TEXT_FIELDS: Final = ("form", "stack")
MANY: Final = 2000  # flows whose names are compared with a misspelt one
FLOW_LISTS_ADVICE: Final = "`pcapcheck flows` lists the flows"
_END: Final = r"\[[^\]]+\]|[^\[\]/#:-]+"
_FLOW: Final = re.compile(
    rf"(?P<kind>[a-z-]+)/(?P<a>{_END})(:(?P<ap>\d+))?-(?P<b>{_END})(:(?P<bp>\d+))?(#(?P<id>\d+))?"
)
_PORT: Final = re.compile(r"(?P<ends>.+?)(:(?P<port>\d+))?")


@dataclass(frozen=True, slots=True)
class Selection:
    """The conditions that a flow must meet, all of them; without any, every flow is selected.

    Attributes:
        filter: a packet of the flow matches this (`filters.parse_filter`).
        pods: one of them is at an end of the flow.
        flow: its name in either direction, before or after translation; `POD-POD[:port]`; its row in `flows`.
    """

    filter: Mapping[str, Matcher] = field(default_factory=dict)
    pods: tuple[str, ...] = ()
    flow: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that selecting reads."""
        names = dict.fromkeys(self.filter) | dict.fromkeys(n for m in self.filter.values() for n in m.fields)
        return tuple(name for name in names if name not in TEXT_FIELDS)

    def __bool__(self) -> bool:
        return bool(self.filter or self.pods or self.flow)


def pod_names(pods: tuple[str, ...], topology: Topology) -> tuple[str, ...]:
    """Return the full names of pods that were given with or without their namespace.

    Raises:
        InputError: the topology has no such pod, or several.
    """
    return tuple(_pod_name(pod, topology) for pod in pods)


def narrow(network: Network, selection: Selection) -> Network:
    """Return the network with the variants of the selected flows only.

    Raises:
        InputError: there is no flow of that name.
    """
    if not selection or network.variants.is_empty():
        return network
    flows = network.variants.select("flow").drop_nulls().unique()
    if selection.flow is not None:
        flows = flows.join(_named(network, selection.flow), on="flow", how="semi")
    if selection.pods:
        flows = flows.join(_of_pods(network, selection.pods), on="flow", how="semi")
    if selection.filter:
        flows = flows.join(_matching(network.variants, selection.filter), on="flow", how="semi")
    kept = network.variants.join(flows, on="flow", how="semi", maintain_order="left")
    ends = pl.concat([kept["source"], kept["destination"]]).drop_nulls().unique()
    errors = network.variants.filter(
        (pl.col("kind") == "icmp-error") & pl.col("destination").is_in(ends.implode())
    )
    watched = network.watched.join(kept.select("direction").unique(), on="direction", how="semi")
    variants = pl.concat([kept, errors]).unique("variant", maintain_order=True).sort("variant")
    return replace(network, variants=variants, watched=watched)


def narrowed(whole: Network, network: Network) -> str:
    """Return how much of the network a selection has left."""
    looked_at, every = (counted(each).select("flow").n_unique() for each in (network, whole))
    return f"{looked_at:,} of {every:,} flows were checked; the others were not selected"


def _pod_name(pod: str, topology: Topology) -> str:
    found = [name for name in topology.pods if pod in (name, name.rpartition("/")[2])]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"--pod {pod}", f"{', '.join(found)} have this name", "give the namespace, too")
    known = [*topology.pods, *(name.rpartition("/")[2] for name in topology.pods)]
    fix = did_you_mean(pod, known, "the pods are those of the topology file")
    raise InputError(f"--pod {pod}", "the topology has no such pod", fix)


def _of_pods(network: Network, pods: tuple[str, ...]) -> pl.DataFrame:
    ends = (pl.col(f"{end}_name").is_in(pods) for end in ("source", "destination"))
    return network.directions.filter(pl.any_horizontal(*ends)).select("flow").unique()


def _matching(variants: pl.DataFrame, matchers: Mapping[str, Matcher]) -> pl.DataFrame:
    """Return the flows with a packet that matches; each distinct combination of values is judged once."""
    names = [name for matcher in matchers.values() for name in matcher.fields]
    columns = [
        each for name in (*matchers, *names) for each in (name, name + LOW) if each in variants.columns
    ]
    keys = list(dict.fromkeys(columns))
    distinct = variants.select(keys).unique(maintain_order=True)
    fits = [_fits(row, matchers) for row in distinct.iter_rows(named=True)]
    rows = variants.join(
        distinct.filter(pl.Series(fits, dtype=pl.Boolean)), on=keys, how="semi", nulls_equal=True
    )
    return rows.select("flow").drop_nulls().unique()


def _fits(row: Mapping[str, Any], matchers: Mapping[str, Matcher]) -> bool:
    packet = _Packet(row)
    return select(matchers, packet.seen, packet) is MatchVerdict.HOLDS


class _Packet:
    """The scope of a filter: the fields of one packet, and nothing around it."""

    routed = None

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row

    def seen(self, name: str) -> int | str | None:
        return str(self._row[name]) if name in TEXT_FIELDS else self.field(name)

    def field(self, name: str) -> int | None:
        value = self._row.get(name)
        if value is None:
            return None
        return int(value) << 64 | int(self._row[name + LOW]) if name + LOW in self._row else int(value)

    def variable(self, path: str, field: str) -> tuple[Value, ...] | None:
        return None

    def previous(self, field: str) -> tuple[int, ...] | None:
        return None

    def text(self, field: str, value: Value) -> str:
        return str(value)


def _named(network: Network, text: str) -> pl.DataFrame:
    """Return the flows that a name stands for."""
    if text.isdecimal():
        return _of_row(network, int(text))
    found = _of_tuple(network, text)
    if found.is_empty():
        found = _between(network, text)
    if found.is_empty():
        listed = counted(network).select("flow").unique()
        clients = network.directions.filter("client").join(
            listed, on="flow", how="semi", maintain_order="left"
        )
        clients = clients.unique("flow", maintain_order=True)
        near = did_you_mean(text, clients["flow_text"].head(MANY).to_list(), FLOW_LISTS_ADVICE)
        raise InputError(f"flow {text}", f"there is no such flow among {clients.height:,}", near)
    return found


def _of_row(network: Network, number: int) -> pl.DataFrame:
    listed = totals(counted(network)).select("flow")
    if not 1 <= number <= listed.height:
        what = f"there are {listed.height:,} flows" if listed.height else "there are no flows"
        raise InputError(f"flow {number}", what, FLOW_LISTS_ADVICE)
    return listed.slice(number - 1, 1)


def _of_tuple(network: Network, text: str) -> pl.DataFrame:
    """Return the flows that have packets with these addresses and ports, in this direction or the other."""
    parts = _FLOW.fullmatch(text)
    if parts is None:  # of DHCP, the flow's name has one end
        named = network.directions.filter((pl.col("flow_text") == text.lower()) & (pl.col("flow_text") != ""))
        return named.select("flow").unique()
    kind = "echo" if parts["kind"] == "icmp" and parts["id"] else parts["kind"]
    ports = [int(parts["id"] or parts[port] or 0) for port in ("ap", "bp")]
    a, b = (_address(parts[end]) for end in "ab")
    there = _is(a, ports[0], "source") & _is(b, ports[1], "destination")
    back = _is(b, ports[1], "source") & _is(a, ports[0], "destination")
    return counted(network).filter((pl.col("kind") == kind) & (there | back)).select("flow").unique()


def _is(address: str, port: int, end: str) -> pl.Expr:
    return (pl.col(end) == address) & (pl.col(f"{end}_port") == port)


def _address(text: str) -> str:
    """Return an address as captures have it, `[FD00::0:1]` as `fd00::1`."""
    try:
        return values.address_text(*values.address_number(text.strip("[]")))
    except ValueError:
        return text


def _between(network: Network, text: str) -> pl.DataFrame:
    """Return the flows between two owners, `web-1-db-0:5432`, in either direction."""
    parts = _PORT.fullmatch(text)
    clients = network.directions.filter("client")
    if parts is None:
        return clients.select("flow").clear()
    if parts["port"]:
        clients = clients.filter(pl.col("destination_port") == int(parts["port"]))
    sources = _written("source_name")
    others = [*_written("destination_name"), *_written("flow_service")]
    pairs = [
        pair for a in sources for b in others for pair in (pl.format("{}-{}", a, b), pl.format("{}-{}", b, a))
    ]
    return clients.filter(pl.any_horizontal(pair == parts["ends"] for pair in pairs)).select("flow")


def _written(name: str) -> tuple[pl.Expr, pl.Expr]:
    """Return how a person may write an owner: with its namespace or without."""
    return pl.col(name), pl.col(name).str.replace(r"^.*/", "")
