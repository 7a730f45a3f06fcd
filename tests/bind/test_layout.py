import pytest

from pcapcheck.bind.filename import NamedOwner, merged_by, owner_said


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("1_default_web-1_pod.pcap", NamedOwner(pod="default/web-1")),
        ("17_node1.example.com_host.pcap", NamedOwner(node="node1.example.com")),
        ("x/hubble_1764321300_aB3x_node1.pcap", NamedOwner(node="node1")),
    ],
)
def test_name_says_whose_a_capture_is(path, said):
    assert owner_said(path) == said


@pytest.mark.parametrize(
    "path", ["web-1_eth0.pcap", "node1.pcap", "_default_web_pod.pcap", "1_X\n_host.pcap"]
)
def test_other_names_say_nothing(path):
    assert owner_said(path) is None


@pytest.mark.parametrize(
    ("path", "tool"),
    [
        ("6f1c7c0e-3f65-4e52-9b8e-0d6c1b7a2f10-2026-11-28_09-15.pcap", "Kubeshark"),
        ("output/pcap/2026-11-28T091500Z.pcapng", "netobserv"),
        ("2026-11-28T09:15:00.pcap", None),
        ("node1_eth0.pcap", None),
    ],
)
def test_name_says_that_a_capture_is_of_many_nodes(path, tool):
    assert merged_by(path) == tool
