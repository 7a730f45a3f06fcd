"""The API: the words of the command line as functions; nothing prints, nothing exits."""

import shutil
from pathlib import Path

import polars as pl
import pytest

import pcapcheck
from pcapcheck import InputError
from pcapcheck.run.settings import RunWords

SAMPLES = Path(__file__).parents[1] / "samples"
GOOD, BAD = SAMPLES / "flannel-vxlan", SAMPLES / "flannel-vxlan-vni-mismatch"


@pytest.fixture(scope="module")
def broken():
    return pcapcheck.check(BAD)


def test_result_says_verdict_cause_and_exit_status(broken):
    assert (broken.verdict, broken.exit_status) == ("violations", 1)
    assert [each.id for each in broken.diagnoses] == ["vni-mismatch"]
    assert {each.rule for each in broken.findings} >= {"flannel-vxlan/vni"}


def test_result_is_neither_true_nor_false(broken):
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(broken)


def test_a_result_is_shown_in_one_line(broken):
    findings, captures = len(broken.findings), len(broken.captures)
    assert repr(broken) == f"<Result violations: 1 diagnosis, {findings} findings, {captures} captures>"


def test_assertion_shows_the_report(broken):
    with pytest.raises(AssertionError, match="use different VNIs"):
        broken.assert_conformant()


def test_frames_are_polars(broken):
    assert broken.frame("findings")["rule"].to_list() == [each.rule for each in broken.findings]
    assert len(broken.frame("flows")) == len(broken.flows)
    assert broken.frame("hops")["flow"].n_unique() > 0


def test_a_flow_is_found_by_row_and_by_name(broken):
    flow = broken.flows[0]
    assert broken.trace(1) is broken.trace(flow.flow) is flow


def test_nothing_is_printed(capfd):
    pcapcheck.check(GOOD)
    pcapcheck.flows(GOOD)
    pcapcheck.fields(GOOD / "node1_eth0.pcap", names=["ip.src"])
    assert capfd.readouterr() == ("", "")


def test_written_report_has_the_format_of_its_ending(broken, tmp_path):
    broken.write(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text().lower().startswith("<!doctype html>")


def test_fields_are_those_of_tshark():
    names, decode_as = ["frame.number", "vxlan.vni", "inner.ip.ttl"], ["udp.port==8472,vxlan"]
    table = pcapcheck.fields(GOOD / "node1_eth0.pcap", names=names, decode_as=decode_as)
    assert table.columns == names
    assert set(table["vxlan.vni"].drop_nulls()) == {1}


def test_flows_are_a_row_each_with_times():
    table = pcapcheck.flows(GOOD)
    assert table["first"].is_sorted()
    assert table.schema["first"] == pl.Datetime("ns", "UTC")
    assert table.schema["duration"] == pl.Duration("ns")


def test_a_topology_can_be_given_in_each_way(tmp_path):
    for file in GOOD.glob("*.pcap"):
        shutil.copy(file, tmp_path)
    path = GOOD / "topology.yaml"
    for given in (str(path), path, pcapcheck.load_topology(path)):
        assert pcapcheck.check(tmp_path, topology=given).topology.source == str(path)


def test_inferred_topology_says_what_was_guessed(tmp_path):
    for file in GOOD.glob("*.pcap"):
        shutil.copy(file, tmp_path)
    found = pcapcheck.infer_topology(tmp_path)
    assert (found.profile, sorted(found.nodes)) == ("flannel-vxlan", ["node1", "node2"])
    assert found.inferred


def test_parameters_are_a_mapping_or_words():
    for given in ({"vni": 7}, ["vni=7"]):
        assert pcapcheck.check(GOOD, parameters=given).verdict == "violations"


def test_workers_change_nothing():
    assert pcapcheck.check(BAD, jobs=2).to_json() == pcapcheck.check(BAD).to_json()


@pytest.mark.parametrize(
    ("arguments", "more", "said"),
    [
        (("/no/such/file.pcap",), {}, "no such file"),
        ((GOOD,), {"profile": "flanel-vxlan"}, "flannel-vxlan"),
        ((GOOD,), {"topology": "/no/such.yaml"}, "cannot be read"),
        ((GOOD,), {"since": "yesterday"}, "yesterday"),
    ],
    ids=["path", "profile", "topology", "time"],
)
def test_mistakes_of_the_caller_are_input_errors(arguments, more, said):
    with pytest.raises(InputError, match=said):
        pcapcheck.check(*arguments, **more)


def test_unknown_field_names_the_nearest():
    with pytest.raises(InputError, match=r"did you mean `ip\.src`"):
        pcapcheck.fields(GOOD / "node1_eth0.pcap", names=["ip.scr"])


def test_sightings_are_kept_if_wanted(broken):
    with pytest.raises(InputError, match="sightings=True"):
        broken.frame("sightings")
    seen = pcapcheck.check(BAD, sightings=True).frame("sightings")
    assert seen.filter(pl.col("file").str.ends_with("node2_eth0.pcap"))["frame"].n_unique() > 10
    assert {"flow", "node", "interface", "identity", "aligned"} <= set(seen.columns)


def test_every_keyword_is_documented():
    assert all(f"`{name}`" in pcapcheck.check.__doc__ for name in RunWords.__annotations__)


def test_an_unknown_keyword_is_answered_with_the_nearest():
    with pytest.raises(TypeError, match="did you mean `parameters`"):
        pcapcheck.check(GOOD, paramters={"vni": 7})


def test_type_checkers_are_told_that_there_are_types():
    assert (Path(pcapcheck.__file__).parent / "py.typed").is_file()
