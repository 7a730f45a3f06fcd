"""The plain text of `ip addr`, `ip -d link`, `ip route`, `ip neigh` and `bridge fdb`, as rows of `ip -j`.

Takes any text. Lines that none of these commands writes are skipped, so a file may contain several of them,
with headings. Source of the forms: iproute2, ip/ipaddress.c, ip/iproute.c, ip/ipneigh.c, bridge/fdb.c,
ip/iplink_*.c.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final

from pcapcheck.decode.tunnels import TUNNELS, VNI
from pcapcheck.documents import values

Row = dict[str, Any]
_LINK: Final = re.compile(r"(\d+): ([^\s:@]+)(?:@([^\s:]+))?: <[^>]*>(.*)")
_MEDIUM: Final = re.compile(r"\s+link/(\S+)(?: (\S+))?(.*)")
_ADDRESS: Final = re.compile(r"\s+inet6? ([0-9a-fA-F.:]+)(?: peer [0-9a-fA-F.:]+)?(?:/(\d+))?(.*)")
_FDB: Final = re.compile(r"((?:[0-9a-f]{2}:){5}[0-9a-f]{2}) dev (\S+)(.*)")
_NEIGHBOUR: Final = re.compile(r"([0-9a-fA-F.:]+) dev (\S+)(?: lladdr (\S+))?.*?\s([A-Z]{5,})$")
_ROUTE: Final = re.compile(
    r"(?:(local|broadcast|blackhole|unreachable|prohibit|throw|unicast|multicast|anycast) )?"
    r"(default|\d+\.\d+\.\d+\.\d+(?:/\d+)?|[0-9a-fA-F:]*:[0-9a-fA-F.:]*(?:/\d+)?)"
    r"((?: (?:via|dev|proto|scope|src|nhid|table) .*)?)$"
)
_TUNNELS: Final = frozenset(device for each in TUNNELS for device in (*each.devices, *each.devices_ipv6))
_KINDS: Final = frozenset(
    {*_TUNNELS, "vlan", "macvlan", "ipvlan", "bridge", "veth", "dummy", "bond", "ipoib"} - {"vti6"}
)
_NUMBERED: Final = frozenset(
    {"vlan", *(device for each in TUNNELS if each.id_name == VNI for device in each.devices)}
)
_NAMES: Final = {"dstport": "port", "protocol": "protocol", "id": "id", "local": "local", "remote": "remote"}
_NAMES.update({"ikey": "ikey", "okey": "okey", "mode": "mode", "external": "external"})


def rows_of(text: str) -> Iterator[Row]:
    """Yield a row for each interface, route, neighbour and FDB entry in a text."""
    link: Row = {}
    for line in text.splitlines():
        if match := _LINK.match(line):
            if link:
                yield link
            link = _link(match)
        elif link and line[:1].isspace():
            _describe(link, line)
        else:
            yield from _row(line.rstrip())
    if link:
        yield link


def _link(match: re.Match[str]) -> Row:
    index, name, other, rest = match.groups()
    row: Row = {"ifindex": int(index), "ifname": name, "addr_info": []}
    words = _after(rest.split())
    row["mtu"] = int(words.get("mtu", "0")) if words.get("mtu", "0").isdigit() else 0
    if "master" in words:
        row["master"] = words["master"]
    if other and other.startswith("if") and other[2:].isdigit():
        row["link_index"] = int(other[2:])
    elif other and other != "NONE":
        row["link"] = other
    return row


def _describe(link: Row, line: str) -> None:
    """Add what an indented line says about the interface above it."""
    if match := _MEDIUM.match(line):
        link["link_type"], address, rest = match.groups()
        link["address"] = address or ""
        if "link-netnsid" in rest or "link-netns " in rest:
            link["link_netnsid"] = 0
    elif match := _ADDRESS.match(line):
        address, length, rest = match.groups()
        scope = _after(rest.split()).get("scope", "global")
        prefix = int(length) if length else 128 if ":" in address else 32
        link["addr_info"].append({"local": address, "prefixlen": prefix, "scope": scope})
    else:
        words = line.split()
        if words and words[0] in _KINDS and "info_kind" not in link.get("linkinfo", {}):
            link["linkinfo"] = {"info_kind": words[0], "info_data": _data(words)}


def _data(words: list[str]) -> Row:
    """Return the parameters of a tunnel, VLAN or macvlan: `vxlan id 1 local 10.0.0.1 dstport 8472`."""
    after = _after(words)
    data: Row = {name: after[word] for word, name in _NAMES.items() if word in after}
    if "external" in words:
        data["external"] = True
    if words[0] in _NUMBERED:
        data.update({name: int(data[name]) for name in ("id", "port") if str(data.get(name, "")).isdigit()})
    return data


def _row(line: str) -> Iterator[Row]:
    if match := _FDB.match(line):
        after = _after(match[3].split())
        told: Row = {key: after[key] for key in ("dst", "master") if key in after}
        state = {"state": "permanent"} if "permanent" in match[3].split() else {}
        yield {"mac": match[1], "ifname": match[2], **told, **state}
    elif match := _NEIGHBOUR.match(line):
        yield {
            "dst": match[1],
            "dev": match[2],
            **({"lladdr": match[3]} if match[3] else {}),
            "state": [match[4]],
        }
    elif match := _ROUTE.match(line):
        after = _after(match[3].split())
        names: dict[str, Callable[[str], object]] = {"dev": str, "table": str, "src": str, "scope": str}
        row: Row = {"dst": match[2], **{key: form(after[key]) for key, form in names.items() if key in after}}
        if "via" in after:
            row["gateway"] = after["via"]
        if "proto" in after:
            row["protocol"] = after["proto"]
        yield row | ({"type": match[1]} if match[1] else {})


def _after(words: list[str]) -> dict[str, str]:
    """Return for each word the one that follows its first occurrence."""
    return dict(reversed(list(pairwise(words))))


_NAME: Final = re.compile(r"(\S+): flags=\d+<[^>]*>  mtu (\d{1,6})$")
_INET: Final = re.compile(r"\s+inet (\d+\.\d+\.\d+\.\d+)  netmask (\d+\.\d+\.\d+\.\d+)")
_INET6: Final = re.compile(r"\s+inet6 ([0-9a-fA-F:.]+)  prefixlen (\d{1,3})  scopeid 0x\w+<(\w+)>")
_ETHER: Final = re.compile(r"\s+ether ([0-9a-f:]{17})")
_LOOPBACK: Final = re.compile(r"\s+loop ")


def rows_of_ifconfig(text: str) -> Iterator[Row]:
    """Yield a row for each interface in a text."""
    row: Row = {}
    for line in text.splitlines():
        if match := _NAME.match(line):
            if row:
                yield row
            row = {"ifname": match[1], "mtu": int(match[2]), "addr_info": []}
        elif row:
            _describe_ifconfig(row, line)
    if row:
        yield row


def _describe_ifconfig(row: Row, line: str) -> None:
    if match := _INET.match(line):
        row["addr_info"].append({"local": match[1], "prefixlen": _length(match[2]), "scope": _scope(row)})
    elif match := _INET6.match(line):
        row["addr_info"].append({"local": match[1], "prefixlen": int(match[2]), "scope": match[3]})
    elif match := _ETHER.match(line):
        row |= {"link_type": "ether", "address": match[1]}
    elif _LOOPBACK.match(line):
        row["link_type"] = "loopback"


def _scope(row: Row) -> str:
    return "host" if row["ifname"] == "lo" else "global"


def _length(mask: str) -> int:
    """Return the prefix length of a netmask; anything else counts as the mask of a single address."""
    try:
        bits = f"{values.ipv4_number(mask):032b}"
    except ValueError:
        return 32
    return bits.count("1") if "01" not in bits else 32
