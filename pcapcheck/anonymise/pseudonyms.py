"""Pseudonyms: the replacements of addresses, MACs, names and payloads in one run, made from one key."""

from typing import Final

from pcapcheck.anonymise.addressmap import Addresses
from pcapcheck.anonymise.macs import Macs
from pcapcheck.anonymise.namemap import NameMap
from pcapcheck.anonymise.payload import Payload
from pcapcheck.anonymise.secret import Secret
from pcapcheck.documents import values

BITS_OF_ADDRESS: Final = {"ipv4": 32, "ipv6": 128}


class Pseudonyms:
    """Replaces addresses, MACs, names and payloads.

    Args:
        key: chosen by the user; None makes a random one, which is forgotten.
    """

    def __init__(self, key: str | None = None) -> None:
        secret = Secret(key)
        self.addresses = Addresses(secret)
        self.macs = Macs(secret, self.addresses)
        self.names = NameMap(secret)
        self.payload = Payload(secret)

    def number(self, kind: str, number: int) -> int:
        """Return the pseudonym of the value of a field; kind is mac, ipv4 or ipv6."""
        return self.macs.of(number) if kind == "mac" else self.addresses.of(number, BITS_OF_ADDRESS[kind])

    def mac(self, text: str) -> str:
        """Return the pseudonym of a MAC address, as text."""
        return values.mac_text(self.macs.of(values.mac_number(text)))

    def address(self, text: str) -> str:
        """Return the pseudonym of an IP address, as text; a prefix length stays."""
        bare, slash, length = text.partition("/")
        version, number = values.address_number(bare)
        return (
            values.address_text(version, self.addresses.of(number, 32 if version == 4 else 128))
            + slash
            + length
        )

    def network(self, text: str) -> str:
        """Return the pseudonym of a network, as text."""
        return values.cidr_text(self.addresses.network(values.cidr(text)))

    def anything(self, text: str) -> str:
        """Return the pseudonym of a text that is a MAC, an address or a network; other text stays."""
        for map_ in (self.mac, self.network if "/" in text else self.address):
            try:
                return map_(text)
            except ValueError:
                continue
        return text
