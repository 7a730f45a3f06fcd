import json

from click.testing import CliRunner

from pcapcheck.commands.topology import command
from pcapcheck.errors import InputError
from pcapcheck.topology.load import load_topology

LINKS = [
    {"ifname": "eth0", "mtu": 1500, "ifindex": 2, "link_type": "ether", "address": "52:54:00:00:00:01"},
    {
        "ifname": "flannel.1",
        "mtu": 1500,
        "ifindex": 3,
        "linkinfo": {"info_kind": "vxlan", "info_data": {"id": 1}},
    },
]


def run(*arguments):
    return CliRunner().invoke(command, [str(each) for each in arguments], standalone_mode=False)


def dumped(folder):
    folder.mkdir()
    (folder / "node1.json").write_text(json.dumps({"ip -j link": LINKS}))
    return folder


def test_import_prints_a_topology(tmp_path):
    done = run("import", dumped(tmp_path / "dumps"))
    assert "cluster: {profile: flannel-vxlan, parameters: {vni: 1}}" in done.stdout


def test_import_writes_a_topology_that_loads(tmp_path):
    run("import", dumped(tmp_path / "dumps"), "-o", tmp_path / "t.yaml")
    assert list(load_topology(tmp_path / "t.yaml").nodes["node1"].interfaces) == ["eth0", "flannel.1"]


def test_import_warns_of_what_contradicts_itself(tmp_path):
    done = run("import", dumped(tmp_path / "dumps"))
    assert "warning: the MTU 1500 of flannel.1 and its headers exceed the uplink's 1500" in done.stderr


def test_import_of_no_folder_is_an_input_error(tmp_path):
    assert isinstance(run("import", tmp_path / "absent").exception, InputError)


def test_import_to_an_impossible_place_is_an_input_error(tmp_path):
    done = run("import", dumped(tmp_path / "dumps"), "-o", tmp_path / "no" / "t.yaml")
    assert isinstance(done.exception, InputError)


def test_check_of_a_sound_topology_says_what_is_in_it(tmp_path):
    (tmp_path / "t.yaml").write_text("nodes: {n1: {}}\npods: {a/b: {node: n1}}\n")
    done = run("check", tmp_path / "t.yaml")
    assert (done.return_value, done.stdout) == (
        0,
        f"{tmp_path}/t.yaml: 1 node, 1 pod, 0 services, 0 captures\n",
    )


def test_check_shows_a_contradiction_at_its_place(tmp_path):
    (tmp_path / "t.yaml").write_text("nodes:\n  n1: {addresses: [10.0.0.1]}\n  n2: {addresses: [10.0.0.1]}\n")
    done = run("check", tmp_path / "t.yaml")
    assert done.return_value == 1
    assert "t.yaml:3:19: `10.0.0.1` is of node n2 and of node n1" in done.stdout
