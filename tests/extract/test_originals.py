"""Where captures were taken, as it is written into others."""

import pytest

from pcapcheck.anonymise.pseudonyms import Pseudonyms
from pcapcheck.bind.bind import Binder
from pcapcheck.capture.inputs import Input
from pcapcheck.capture.interface import CaptureInterface
from pcapcheck.extract.originals import Places
from pcapcheck.topology.load import load_topology
from pcapcheck.topology.topology import CaptureEntry, Topology

UNNAMED = CaptureInterface(1)
MADE = Pseudonyms("k")
NAMES = MADE.names
TEXT = """
nodes:
  n1:
    interfaces:
      eth0: {kind: uplink}
      veth05a7cb3d: {kind: veth, pod: shop/web}
pods: {shop/web: {node: n1}}
captures: {"shop*": {pod: shop/web, interface: eth0, dropped: 2}}
"""


@pytest.fixture
def topology(tmp_path):
    (tmp_path / "topology.yaml").write_text(TEXT)
    return load_topology(tmp_path / "topology.yaml")


def file(name):
    return Input(f"captures/{name}", f"captures/{name}", named=False)


def places(topology, *names, pseudonyms=None):
    return Places([file(name) for name in (*names, "other.pcap")], topology, pseudonyms)


@pytest.mark.parametrize(
    ("name", "interface", "description"),
    [
        ("n1_eth0.pcap", "eth0", "k8s.node=n1"),
        ("n1_veth05a7cb3d.pcap", "veth05a7cb3d", "k8s.node=n1"),
        ("shop-web.pcap", "eth0", "k8s.node=n1;k8s.namespace=shop;k8s.podName=web"),
        ("x.pcap", "", ""),
    ],
)
def test_description_says_whose_interface_it_is(topology, name, interface, description):
    told = places(topology, name).described(file(name), UNNAMED)
    assert (told.name, told.description) == (interface, description)


@pytest.mark.parametrize("name", ["n1_eth0.pcap", "n1_veth05a7cb3d.pcap", "shop-web.pcap"])
def test_description_is_understood_by_those_who_bind(topology, name):
    made = places(topology, name)
    told = made.described(file(name), UNNAMED)
    bound = Binder(topology, ["evidence.pcapng"]).bind(
        "evidence.pcapng", name=told.name, description=told.description
    )
    assert bound.point == made.binding(file(name), UNNAMED).point


def test_nothing_that_a_file_says_of_its_interface_is_left_in_an_anonymous_one(topology):
    full = CaptureInterface(
        1, "eth0", "uplink of the shop", filter="host 10.0.0.1", hardware="e1000", mac="52:54:00:00:00:01"
    )
    told = places(topology, "n1_eth0.pcap", pseudonyms=MADE).described(file("n1_eth0.pcap"), full)
    assert told == CaptureInterface(
        1, "eth0", f"k8s.node={NAMES.node('n1')}", mac=MADE.mac("52:54:00:00:00:01")
    )


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("n1_eth0.pcap", f"{NAMES.node('n1')}_eth0"),
        ("n1_veth05a7cb3d.pcap", f"{NAMES.node('n1')}_{NAMES.interface('veth05a7cb3d')}"),
        ("shop-web.pcap", f"{NAMES.pod('shop/web').replace('/', '_')}_eth0"),
        ("x.pcap", ""),
    ],
)
def test_file_is_called_after_the_pseudonyms(topology, name, made):
    assert places(topology, name, pseudonyms=MADE).name(file(name), [UNNAMED]) == made


def test_without_a_topology_names_that_may_be_pods_become_names_that_may_be_pods():
    made = places(Topology(), "web_eth0.pcap", "node7_eth0.pcap", pseudonyms=MADE)
    assert made.name(file("web_eth0.pcap"), [UNNAMED]) == f"{NAMES.pod('web')}_eth0"
    assert made.name(file("node7_eth0.pcap"), [UNNAMED]) == f"{NAMES.node('node7')}_eth0"


def test_file_of_several_interfaces_is_called_after_their_node(topology):
    interfaces = [CaptureInterface(1, "eth0"), CaptureInterface(1, "veth05a7cb3d")]
    assert places(topology, "n1.pcapng").name(file("n1.pcapng"), interfaces) == "n1"


def test_entry_keeps_what_the_topology_says_of_the_capture(topology):
    made = places(topology, "shop-web.pcap", pseudonyms=MADE)
    (entry,) = made.entries(file("shop-web.pcap"), [UNNAMED], "made.pcapng")
    assert entry == CaptureEntry("made.pcapng", None, NAMES.pod("shop/web"), "eth0", dropped=2)


def test_file_that_nothing_binds_has_no_entry(topology):
    assert places(topology, "x.pcap").entries(file("x.pcap"), [UNNAMED], "made.pcapng") == ()
