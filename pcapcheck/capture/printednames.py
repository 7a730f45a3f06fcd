"""Names in place of numbers: what tcpdump prints without `-n`, and addresses that somebody masked.

A name that is not an address gets one of 240.0.0.0/4, which no network uses: equal names have equal addresses
in all texts, so that packets still belong together.
"""

import re
import zlib
from functools import lru_cache
from ipaddress import IPv4Address, ip_address
from typing import Final

NAMELESS: Final = 0xF0000000  # 240.0.0.0/4: RFC 1112, 4
MAX_NAME: Final = 255  # bytes of a host name: RFC 1035, 2.3.4
_SERVICES: Final = """
    ftp 21 ssh 22 telnet 23 smtp 25 domain 53 bootps 67 bootpc 68 http 80 kerberos 88 sunrpc 111 ntp
    123 snmp 161 bgp 179 ldap 389 https 443 microsoft-ds 445 isakmp 500 syslog 514 dhcpv6-client 546
    dhcpv6-server 547 ldaps 636 imaps 993 openvpn 1194 nfs 2049 etcd-client 2379 etcd-server 2380
    mysql 3306 ipsec-nat-t 4500 vxlan 4789 mdns 5353 hostmon 5355 postgresql 5432 amqp 5672 geneve
    6081 redis 6379 ircd 6667 http-alt 8080 https-alt 8443 otv 8472 webcache 8080 tproxy 8081
    zabbix-agent 10050
"""
WELL_KNOWN: Final = dict(zip(_SERVICES.split()[::2], map(int, _SERVICES.split()[1::2]), strict=True))
_NAME: Final = re.compile(r"[\w*][\w*.:%-]*")


@lru_cache(maxsize=65536)
def address(text: str) -> str | None:
    """Return an address as printed, or the one that stands for a name; None where there can be none."""
    plain = text.partition("%")[0]
    try:
        return str(ip_address(plain))
    except ValueError:
        pass
    if not _NAME.fullmatch(plain) or len(plain) > MAX_NAME:
        return None
    return str(IPv4Address(NAMELESS | zlib.crc32(plain.lower().encode()) >> 4))


def is_opaque(text: str) -> bool:
    """Whether an address stands for a name."""
    return ":" not in text and int(IPv4Address(text)) >= NAMELESS and text != "255.255.255.255"


@lru_cache(maxsize=65536)
def endpoint(text: str, *, ports: bool) -> tuple[str, int | None] | None:
    """Return address and port of one end, as `10.0.0.1.53`, `fe80::1.53` or `web.http`.

    Args:
        text: as printed.
        ports: whether the protocol has ports.
    """
    if not ports or (text.count(".") == 3 and _is_address(text)):
        found = address(text)
        return None if found is None else (found, None)
    host, _, last = text.rpartition(".")
    number = port(last)
    found = address(host) if host else None
    return None if found is None or number is None else (found, number)


def has_port(text: str) -> bool:
    """Whether an end seems to be printed with a port."""
    host, _, last = text.rpartition(".")
    if not host or _is_address(text):
        return False
    return _is_address(host) or last in WELL_KNOWN or (last.isdigit() and bool(re.search("[A-Za-z]", host)))


def port(text: str) -> int | None:
    """Return the number of a port, or of a service by its name."""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 5 and int(text) < 65536 else None
    if not _NAME.fullmatch(text):
        return None
    return WELL_KNOWN.get(text, 1024 + zlib.crc32(text.encode()) % 31744)


@lru_cache(maxsize=65536)
def _is_address(text: str) -> bool:
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
