"""References of rules: the web addresses that they stand for, and the releases that they were read for."""

import pytest

from pcapcheck.check.reference import Repository, link_of, linked, releases, source_name

SOURCES = {
    "Linux": Repository("torvalds/linux", "v6.12", "6.1 to 6.12"),
    "Open vSwitch": Repository("openvswitch/ovs", "d6a632a", "3.1 to 4.0"),
}


@pytest.mark.parametrize(
    ("reference", "link"),
    [
        (
            "Linux net/ipv4/ip_tunnel.c: ip_tunnel_xmit",
            "https://github.com/torvalds/linux/blob/v6.12/net/ipv4/ip_tunnel.c",
        ),
        ("Open vSwitch ofproto/tunnel.c", "https://github.com/openvswitch/ovs/blob/d6a632a/ofproto/tunnel.c"),
        ("RFC 7348 section 5", "https://www.rfc-editor.org/rfc/rfc7348#section-5"),
        ("RFC 826", "https://www.rfc-editor.org/rfc/rfc826"),
        ("https://www.wireguard.com/protocol/", "https://www.wireguard.com/protocol/"),
        ("IEEE 802.1Q-2022 clause 8.7", None),
        ("Calico felix/bpf-gpl/nat.h", None),  # no such source
    ],
)
def test_reference_stands_for_a_web_address(reference, link):
    assert link_of(reference, SOURCES) == link


def test_a_file_names_its_source_and_a_standard_names_none():
    assert source_name("Calico felix/bpf-gpl/nat.h: CALI_VXLAN_VNI") == "Calico"
    assert source_name("IEEE 802.1Q-2022 clause 8.7") is None
    assert source_name("https://example.com/a b") is None


def test_what_is_a_link_already_is_shown_once():
    assert list(linked(["https://example.com/", "RFC 826"], SOURCES)) == [
        "https://example.com/",
        "RFC 826  https://www.rfc-editor.org/rfc/rfc826",
    ]


def test_releases_are_named_once():
    files = ["Linux a/b.c", "RFC 826", "Linux c/d.c: e", "Open vSwitch f/g.c"]
    assert releases(files, SOURCES) == ("Linux 6.1 to 6.12", "Open vSwitch 3.1 to 4.0")
