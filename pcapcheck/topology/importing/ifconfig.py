"""The text of `ifconfig`, as rows of `ip -j addr`: what old collectors store.

Takes any text; a line that ifconfig does not write is skipped. Source: net-tools, lib/interface.c.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from pcapcheck import values

Row = dict[str, Any]
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
            _describe(row, line)
    if row:
        yield row


def _describe(row: Row, line: str) -> None:
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
    """Return the prefix length of a netmask; what is none is that of one address."""
    try:
        bits = f"{values.ipv4_number(mask):032b}"
    except ValueError:
        return 32
    return bits.count("1") if "01" not in bits else 32
