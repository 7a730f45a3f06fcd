"""Two faults at once are both named, and what is healthy beside them stays untouched."""

import json
from itertools import combinations

import merging
import pytest
import shared

from pcapcheck.api import check
from pcapcheck.check.finding import Severity

FLANNEL = (
    "fault-asymmetric-path",
    "fault-corrupted-packets",
    "fault-dns-race",
    "fault-dropped-at-hop",
    "fault-duplicate-ip",
    "fault-fdb-missing",
    "fault-missing-dnat",
    "fault-missing-return-route",
    "fault-missing-snat",
    "fault-mtu-black-hole",
    "fault-outer-fragmentation",
    "fault-outer-port-no-entropy",
    "fault-packet-loss",
    "fault-pmtud-icmp-lost",
    "fault-port-closed",
    "fault-reordering",
    "fault-service-no-endpoints",
    "fault-service-stale-endpoint",
    "fault-source-ip-lost",
    "fault-stale-neighbour",
    "fault-tunnel-blocked-at-node",
    "fault-tunnel-in-own-tunnel",
    "fault-unexpected-snat",
    "fault-vxlan-ipv6-fdb-missing",
    "fault-vxlan-port-mismatch",
    "flannel-vxlan-fdb-wrong-vtep",
    "flannel-vxlan-vni-mismatch",
)
CALICO = (
    "fault-bad-checksum",
    "fault-gateway-mac",
    "fault-gateway-unresolved",
    "fault-missing-route",
    "fault-policy-drop",
    "fault-routing-loop",
    "fault-tunnel-blocked-on-fabric",
    "mixed-clock-behind-and-fault",
    "mixed-healthy-and-broken-flow",
)
HEALTHY = {  # beside which sound network
    "calico-ipip": CALICO,
    "calico-ipip-crosssubnet": ("fault-underlay-antispoof",),
    "calico-vxlan": ("fault-wrong-encapsulation",),
    "flannel-host-gw": ("fault-arp-unanswered-node",),
    "flannel-nodeport": FLANNEL[::2],
    "flannel-udp": ("fault-flannel-udp-port-mismatch",),
    "flannel-vxlan": FLANNEL,
    "flannel-vxlan-directrouting": ("fault-not-encapsulated-across-subnets",),
    "geneve-overlay": ("fault-geneve-vni-mismatch",),
    "macvlan-bridge": ("fault-arp-unanswered-macvlan",),
    "macvlan-private": ("fault-macvlan-private-leak",),
    "macvlan-vepa": ("fault-macvlan-no-reflection",),
    "nvgre-overlay": ("fault-nvgre-vsid-mismatch",),
    "vlan-underlay": ("fault-vlan-id-mismatch",),
}
PAIRS = [
    *(
        (one, FLANNEL[(number + step) % len(FLANNEL)])
        for step in (1, 7)
        for number, one in enumerate(FLANNEL)
    ),
    *combinations(CALICO, 2),
    ("fault-gre-key-mismatch", "fault-gre-key-missing"),
    ("fault-missing-encryption", "fault-wireguard-port-mismatch"),
]
BESIDE = [(broken, sound) for sound, every in HEALTHY.items() for broken in every]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shared.CAPTURES.is_dir(), reason=shared.REASON),
]


def fault(name):
    return json.loads((shared.CAPTURES / name / "truth.json").read_text(encoding="utf-8"))["fault"]


def checked(names, folder):
    """Return what is said of several scenarios at once, and what stands for the names of each."""
    words = merging.merged([shared.CAPTURES / name for name in names], folder)
    return check(folder), words


def names_it(result, name, words):
    """Whether the fault of a scenario is among the causes, with its node."""
    known = fault(name)
    node = words.names.get(known["node"])
    ids = {known["id"], *known["accept"]}
    return any(each.id in ids and node in (None, each.node) for each in result.diagnoses)


def strangers(result, names):
    """Return the causes that are no fault of these scenarios."""
    known = [fault(name) for name in names]
    ids = {id for each in known if each for id in (each["id"], *each["accept"])}
    return [each.id for each in result.diagnoses if each.id not in ids]


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_both_faults_are_named_and_nothing_else(pair, tmp_path):
    result, words = checked(pair, tmp_path)
    assert [names_it(result, name, each) for name, each in zip(pair, words, strict=True)] == [True, True]
    assert strangers(result, pair) == []


@pytest.mark.parametrize("pair", BESIDE, ids="+".join)
def test_sound_network_beside_a_broken_one_is_untouched(pair, tmp_path):
    result, (broken, sound) = checked(pair, tmp_path)
    here = set(sound.names.values())
    assert names_it(result, pair[0], broken)
    assert strangers(result, pair) == []
    assert [each.id for each in result.diagnoses if each.node in here] == []
    assert [
        each.rule for each in result.findings if each.hop.node in here and each.severity is Severity.ERROR
    ] == []
