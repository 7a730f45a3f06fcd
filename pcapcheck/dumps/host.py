"""The output of `ip`, `bridge`, `wg` and `iptables-save` on one host: a node, a pod, or anything else.

Takes rows as `ip -j` writes them; `iptext` brings text to the same form. It does not know what the host is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pcapcheck.documents import values

HostRow = Mapping[str, Any]
_LOCAL: Final = frozenset({"link", "host"})  # scopes of addresses that other hosts cannot reach


@dataclass(slots=True)
class Link:
    """One interface, as `ip -d link` and `ip addr` describe it together. Empty or 0 means not known."""

    name: str
    index: int = 0
    peer_index: int = 0  # of the other end of a veth, or the interface below, in another network namespace
    parent: str = ""  # the same in this network namespace
    far: bool = False  # the other end is in another network namespace
    kind: str = ""  # veth, vxlan, bridge …; "" for hardware
    medium: str = ""  # ether, loopback, none, ipip …
    mac: str = ""
    mtu: int = 0
    master: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)  # with prefix length; global scope only


@dataclass(slots=True)
class Host:
    """All that is known of one host."""

    name: str
    links: dict[str, Link] = field(default_factory=dict)
    routes: list[HostRow] = field(default_factory=list)
    neighbours: list[HostRow] = field(default_factory=list)
    fdb: list[HostRow] = field(default_factory=list)
    nat: str = ""
    listening: dict[str, int] = field(default_factory=dict)  # port of each WireGuard interface

    def add(self, rows: Iterable[object]) -> None:
        """Add the rows of one command's JSON; their keys tell which command it was."""
        for row in rows:
            if not isinstance(row, Mapping):
                continue
            if isinstance(row.get("ifname"), str) and "mac" in row:
                self.fdb.append(row)
            elif isinstance(row.get("ifname"), str) and ("mtu" in row or "addr_info" in row):
                self._add_link(row)
            elif "lladdr" in row or ("state" in row and "dst" in row):
                self.neighbours.append(row)
            elif isinstance(row.get("dst"), str):
                self._add_route(row)

    def add_text(self, text: str) -> None:
        """Add the output of iptables-save or of `wg show all dump`."""
        lines = text.splitlines()
        if any(line.startswith(("*nat", "*filter", "*mangle", "*raw")) for line in lines):
            self.nat += text + "\n"
        for line in lines:
            words = line.split("\t")
            if len(words) == 5 and words[3].isdigit():  # interface, keys, port, mark: wg(8)
                self.listening[words[0]] = int(words[3])

    def link_with(self, index: int) -> Link | None:
        """Return the interface with an index."""
        return next((each for each in self.links.values() if each.index == index), None) if index else None

    def macs_behind(self, link: Link) -> set[str]:
        """Return the MACs that the bridge or the neighbour table knows behind an interface."""
        learnt = {str(row.get("mac")) for row in self.fdb if row.get("ifname") == link.name}
        return learnt | {str(row.get("lladdr")) for row in self.neighbours if row.get("dev") == link.name}

    def addresses_behind(self, link: Link) -> set[str]:
        """Return the addresses that host routes send to an interface (Calico, Cilium)."""
        rows = (row for row in self.routes if row.get("dev") == link.name and row.get("table") != "local")
        return {
            dst.removesuffix("/32").removesuffix("/128")
            for row in rows
            if (dst := str(row["dst"])) != "default"
        }

    def _add_link(self, row: HostRow) -> None:
        link = self.links.setdefault(row["ifname"], Link(row["ifname"]))
        link.index = _number(row.get("ifindex")) or link.index
        link.peer_index = _number(row.get("link_index")) or link.peer_index
        link.parent = str(row.get("link") or link.parent)
        link.far = link.far or "link_netnsid" in row
        link.medium = str(row.get("link_type") or link.medium)
        link.mac = (mac_or_none(row.get("address")) or link.mac) if link.medium == "ether" else ""
        link.mtu = _number(row.get("mtu")) or link.mtu
        link.master = str(row.get("master") or link.master)
        self._add_details(link, row)

    def _add_route(self, row: HostRow) -> None:
        """Keep a route whose addresses can be read."""
        gateway = row.get("gateway")
        if row["dst"] == "default" or network_or_none(row["dst"]):
            readable = gateway is None or network_or_none(gateway)
            self.routes.append(row if readable else {**row, "gateway": None})

    @staticmethod
    def _add_details(link: Link, row: HostRow) -> None:
        info = row.get("linkinfo")
        if isinstance(info, Mapping) and info.get("info_kind"):
            link.kind = str(info["info_kind"])
            data = info.get("info_data")
            link.data.update(data if isinstance(data, Mapping) else {})
        for each in row.get("addr_info") or ():
            if isinstance(each, Mapping) and each.get("local") and each.get("scope") not in _LOCAL:
                address = f"{each['local']}/{each.get('prefixlen', 32)}"
                if network_or_none(address) and address not in link.addresses:
                    link.addresses.append(address)


def network_or_none(text: object) -> values.Span | None:
    """Return the network of a text, or None if it is not one; dumps may contain anything."""
    try:
        return values.cidr(text) if isinstance(text, str) else None
    except ValueError:
        return None


def mac_or_none(text: object) -> str | None:
    """Return a MAC in its one spelling, or None if it is not one."""
    try:
        return values.mac_text(values.mac_number(text)) if isinstance(text, str) else None
    except ValueError:
        return None


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 32 else 0
