import pytest

from pcapcheck.bind.filename import folders, splits, stem, stems


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("node1_flannel.1.pcap", "node1_flannel.1"),
        ("a/node1_eth0.pcapng.gz", "node1_eth0"),
        ("node1_eth0.pcap00001.gz", "node1_eth0"),
        ("node1_eth0.pcap.2026-11-25", "node1_eth0"),
        ("node1_vxlan.calico.CAP.zst", "node1_vxlan.calico"),
        ("node1_eth0", "node1_eth0"),
    ],
)
def test_stem_is_without_suffixes(path, expected):
    assert stem(path) == expected


@pytest.mark.parametrize(
    "date", ["_20261125031100", "-2026-11-25T03:11:00Z", "-20261125031100UTC", "_00002_20261125031100"]
)
def test_date_at_the_end_may_be_left_out(date):
    assert stems(f"node1_eth0{date}.pcap") == (f"node1_eth0{date}", "node1_eth0")


def test_name_that_is_only_a_date_stays():
    assert stems("2022-01-13T19:31:31.pcap") == ("2022-01-13T19:31:31",)


def test_folders_come_from_the_inside():
    assert folders("./captures/node1/x.pcap") == ("node1", "captures")


def test_interface_may_have_underscores():
    assert next(splits("node1_cilium_vxlan.pcap")) == ("node1", "cilium_vxlan")


def test_folder_may_be_the_owner():
    assert ("node1", "eth0") in splits("node1/eth0.pcap")


def test_dash_and_dot_separate_an_interface():
    assert ("node-1", "eth0") in splits("node-1-eth0.pcap")
    assert ("node1.example", "cni0") in splits("node1.example.cni0.pcap")


def test_words_with_a_dot_are_no_interface():
    assert list(splits("a.example.pcap")) == []
