from pathlib import PurePath

import pytest

from pcapcheck.dumps.hostname import HostNames


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("node1.json", "node1"),
        ("node1_ip_-j_-d_addr.json", "node1"),
        ("ip-addr-node1.txt", "ip-addr-node1"),
        ("node1/ip-addr.txt", "node1"),
        ("hunt-node1-20261128091500UTC.tar.gz/ip-resources.txt", "node1"),
        (
            "hunt-aks-pool1-12-vmss000001-20261128091500UTC.tar.gz/iptables-rules.txt",
            "aks-pool1-12-vmss000001",
        ),
        ("d.tar.gz/d/nodes/node1/calico-node-x2x7q/ip-route.txt", "node1"),
        ("support-bundles_20261128T091500/agent_node1.tar.gz/address", "node1"),
        ("sosreport-node1-2026-11-28-abcdefg.tar.gz/s/sos_commands/networking/ip_-s_-s_neigh_show", "s"),
        ("node1-2026-11-28_09_15_00.tar.gz/node1-2026-11-28_09_15_00/networking/ipaddrshow", "node1"),
        ("ip-addr.txt", "node"),
    ],
)
def test_host_is_named_by_file_or_folder(path, host):
    assert HostNames().of(PurePath(path)) == host


@pytest.mark.parametrize(
    ("file", "text"),
    [("x/etc/hostname", "n1.example\n"), ("x/cmd/hostname.md", "# hostname\n\n```\nn1.example\n```\n")],
)
def test_file_with_the_name_counts_first(file, text):
    names = HostNames()
    assert names.learn(PurePath(file), text)
    assert names.of(PurePath("x/networking/ip-addr")) == "n1.example"
    assert names.of(PurePath("y/networking/ip-addr")) == "y"


@pytest.mark.parametrize("text", ["", "two words\n", "a\nb\n", "../etc\n"])
def test_file_that_holds_something_else_names_nobody(text):
    assert not HostNames().learn(PurePath("x/hostname"), text)
