from click.testing import CliRunner

from pcapcheck.commands.plan import command
from pcapcheck.errors import InputError

NETWORK = "nodes: {n1: {interfaces: {eth0: {kind: uplink}}}}\npods: {a/b: {node: n1}, a/c: {node: n1}}\n"


def run(tmp_path, *arguments):
    (tmp_path / "topology.yaml").write_text(NETWORK)
    return CliRunner().invoke(command, [str(tmp_path / "topology.yaml"), *arguments], standalone_mode=False)


def test_plan_prints_a_script_for_all_points(tmp_path):
    lines = run(tmp_path).stdout.splitlines()
    assert lines[0] == "#!/bin/sh"
    assert [line.split(" -q")[0] for line in lines if line.startswith("kubectl")] == [
        "kubectl debug node/n1 --profile=sysadmin",
        "kubectl debug -n a pod/b --profile=netadmin",
        "kubectl debug -n a pod/c --profile=netadmin",
    ]


def test_pod_may_be_named_without_its_namespace(tmp_path):
    done = run(tmp_path, "--pod", "b")
    assert "a_b_eth0.pcap" in done.stdout
    assert "a_c_eth0.pcap" not in done.stdout


def test_unknown_pod_is_an_input_error_with_the_nearest(tmp_path):
    error = run(tmp_path, "--pod", "a/bb").exception
    assert isinstance(error, InputError)
    assert "did you mean `a/b`?" in str(error)
