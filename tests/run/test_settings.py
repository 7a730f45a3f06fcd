import subprocess
import sys
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from clusters import cluster

from pcapcheck.check.candidates import RuleChoice
from pcapcheck.check.finding import Severity
from pcapcheck.check.selection import Selection
from pcapcheck.errors import InputError
from pcapcheck.run.settings import RUN_OPTIONS, RunWords, Settings, read_settings
from pcapcheck.topology.topology import Topology


def read(topology=None, **words):
    return read_settings(topology or Topology(), **words)


def test_nothing_said_are_the_usual_settings():
    assert read() == Settings()


def test_one_word_is_as_good_as_a_list():
    assert read(profile="gre").profiles == read(profile=["gre"]).profiles == ("gre",)
    assert read(profile=Path("mine.yaml")).profiles == ("mine.yaml",)
    assert read(select="gre/*", ignore=["a", "b"]).rules.ignore == ("a", "b")


@pytest.mark.parametrize(
    ("text", "value"), [("vni=5", "5"), (" vni = 5 , 6 ", ["5", "6"]), ("vni=", None), ("vni=a=b", "a=b")]
)
def test_a_parameter_is_a_name_and_one_value_several_or_none(text, value):
    assert read(parameters=[text]).parameters == {"vni": value}


def test_parameters_of_python_are_taken_as_they_are():
    assert read(parameters={"vni": 5}).parameters == {"vni": 5}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("udp.port==9,vxlan", [9]),
        ("udp.port == 0x2118, vxlan", [8472]),
        ("udp.port==9-11,vxlan", [9, 10, 11]),
    ],
)
def test_what_a_number_means_is_written_as_tshark_does(text, numbers):
    assert read(decode_as=[text]).decode_as == {"udp.port": dict.fromkeys(numbers, "vxlan")}


def test_the_last_word_about_a_number_counts():
    said = ["udp.port==9,vxlan", "udp.port==10,vxlan", "udp.port==9,geneve"]
    assert read(decode_as=said).decode_as == {"udp.port": {9: "geneve", 10: "vxlan"}}
    assert read(decode_as={"udp.port": {9: "vxlan"}}).decode_as == {"udp.port": {9: "vxlan"}}


EAST = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("time", "nanoseconds"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000_000),
        ("1970-01-01T01:00:01.000000001+01:00", 1_000_000_001),
        (7, 7),
        (None, None),
        (datetime(1970, 1, 1, 1, 0, 1, 5, tzinfo=EAST), 1_000_005_000),
        (datetime(2026, 11, 29, 2, 3, 4, 999_999, tzinfo=UTC), 1_795_917_784_999_999_000),
    ],
)
def test_times_become_nanoseconds(time, nanoseconds):
    settings = read(since=time, until=time)
    assert (settings.since, settings.until) == (nanoseconds, nanoseconds)


def test_a_selection_is_a_filter_pods_and_a_flow():
    found = read(cluster(), filter="ip.ttl=1", pod="pod1", flow=3).selection
    assert (list(found.filter), found.pods, found.flow) == (["ip.ttl"], ("default/pod1",), "3")


def test_the_severity_that_fails_is_a_word():
    assert read(fail_on="info").fail_on is Severity.INFO


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"jobs": 0}, "--jobs 0"),
        ({"jobs": 257}, "from 1 to 256"),
        ({"fail_on": "eror"}, "did you mean `error`"),
        ({"parameters": ["vni"]}, "--set vni"),
        ({"parameters": ["=5"]}, "--set =5"),
        ({"decode_as": ["udp.port=9,vxlan"]}, "--decode-as"),
        ({"decode_as": ["udp.port==9,nothing"]}, "nothing"),
        ({"since": "yesterday"}, "--since"),
        ({"until": "yesterday"}, "--until"),
        ({"pod": "nobody"}, "--pod nobody"),
        ({"memory": "1KB"}, "--memory"),
        ({"filter": "ip.ttl"}, "ip.ttl"),
    ],
)
def test_a_mistake_is_told_with_the_option_that_it_is_in(words, says):
    with pytest.raises(InputError) as error:
        read(**words)
    assert says in str(error.value)


def test_each_row_of_the_table_is_a_keyword_unless_it_is_no_setting():
    rows = {name for name, option in RUN_OPTIONS.items() if option.setting}
    assert rows == set(RunWords.__annotations__)


def test_every_setting_has_a_row_in_the_table():
    parts = {"rules": RuleChoice, "selection": Selection}
    whole = {each.name for each in fields(Settings)} - set(parts)
    nested = {f"{name}.{each.name}" for name, part in parts.items() for each in fields(part)}
    assert {each.setting for each in RUN_OPTIONS.values()} == {"", *whole, *nested}


def test_the_table_needs_nothing_heavy_before_an_option_is_read():
    code = "import sys, pcapcheck.run.settings; print({'click', 'numpy', 'polars', 'yaml'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
