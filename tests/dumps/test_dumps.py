import json

import pytest

from pcapcheck.dumps.dumps import read_dumps
from pcapcheck.errors import InputError

LINKS = [{"ifindex": 2, "ifname": "eth0", "mtu": 1500, "link_type": "ether", "address": "52:54:00:54:cd:ab"}]
NODES = {"kind": "List", "items": [{"kind": "Node", "metadata": {"name": "n1"}}]}


def store(folder, **files):
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_dumps(folder)


def test_file_of_one_host_has_a_key_for_each_command(tmp_path):
    dumps = store(
        tmp_path,
        node1_dot_json={"ip -j addr": LINKS, "ip -j rule": [{"src": "all"}], "iptables-save": "*nat"},
    )
    assert list(dumps.hosts) == ["node1"]
    assert list(dumps.hosts["node1"].links) == ["eth0"]
    assert dumps.hosts["node1"].nat == "*nat\n"


@pytest.mark.parametrize(
    "name",
    [
        *("node1__ip-addr_dot_txt", "nodes__node1__networking__ipaddrshow", "node1_ip_addr_dot_json"),
        *("node1.ip-link.json", "node1__cmd__ip-d-link_dot_json"),
    ],
)
def test_host_is_in_the_name_of_the_file_or_of_its_folder(tmp_path, name):
    assert list(store(tmp_path, **{name: LINKS}).hosts) == ["node1"]


def test_text_is_recognised_by_its_lines(tmp_path):
    text = (
        "Summary\n2: eth0: <UP> mtu 1500 qdisc noop\n    link/ether 52:54:00:54:cd:ab brd ff:ff:ff:ff:ff:ff\n"
    )
    assert store(tmp_path, node1__ipaddrshow=text).hosts["node1"].links["eth0"].mac == "52:54:00:54:cd:ab"


def test_lists_of_kubernetes_are_taken_apart(tmp_path):
    pods = {"kind": "PodList", "items": [{"metadata": {"name": "p", "namespace": "a"}}]}
    dumps = store(tmp_path, nodes_dot_json=NODES, pods_dot_json=pods)
    assert [each["kind"] for each in dumps.objects] == ["Node", "Pod"]


def test_kubernetes_may_be_yaml(tmp_path):
    text = "kind: List\nitems:\n- kind: Node\n  metadata: {name: n1}\n"
    assert [each["kind"] for each in store(tmp_path, nodes_dot_yaml=text).objects] == ["Node"]


def test_captures_and_other_files_are_left_alone(tmp_path):
    (tmp_path / "a.pcap").write_bytes(b"\xd4\xc3\xb2\xa1" + bytes(20))
    (tmp_path / "b.bin").write_bytes(bytes(range(256)))
    assert list(store(tmp_path, truth_dot_json={"scenario": "x"}, nodes_dot_json=NODES).hosts) == []


def test_deep_json_is_no_dump(tmp_path):
    assert store(tmp_path, deep_dot_json="[" * 100_000, nodes_dot_json=NODES).hosts == {}


def test_folder_without_dumps_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="contains no recognised dump"):
        read_dumps(tmp_path)


def test_what_is_no_folder_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="is not a folder"):
        read_dumps(tmp_path / "absent")
