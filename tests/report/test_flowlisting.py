import csv
import io
import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report import results

from pcapcheck.errors import InputError
from pcapcheck.report import escape, flowlisting
from pcapcheck.report.flowlisting import ROWS_PER_PART, parquet, write_table
from pcapcheck.report.frames import frame

EVIL = "=cmd|'/C calc'!A0\x1b[2J\u202e"
PLAIN = pl.DataFrame(
    {
        "flow": ["tcp/10.244.0.5:41000-10.244.1.7:80", "udp/10.244.0.5:53000-10.244.1.7:53"],
        "forms": [["plain", "vxlan"], ["plain"]],
        "points": [7, 1],
        "packets": [123456, 2],
        "first": [results.START + 123_456_789, results.START],
        "duration": [3_200_000, 0],
        "source": ["default/web-1", None],
    }
)
HOSTILE = pl.DataFrame({"flow": [EVIL], "source": ["-1"], "packets": [-1]})


def written(frame, format, **options):
    return "".join(write_table(frame, format, **options))


@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_flows_of_the_command(golden, format):
    golden(f"report/flows.{format}.txt", written(PLAIN, format))


@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_flows_of_a_result(golden, format):
    golden(f"report/hostile.flows-{format}.txt", written(frame(results.hostile(), "flows"), format))


@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_no_flows(format):
    assert written(PLAIN.clear(), format).count("\n") == 1


def test_table_shows_names_of_strangers_escaped():
    assert "\\x1b[2J\\u202e" in written(HOSTILE, "table")


def test_csv_has_no_formulas():
    rows = list(csv.reader(io.StringIO(written(HOSTILE, "csv"))))
    assert rows[1] == ["'=cmd|'/C calc'!A0\\x1b[2J\\u202e", "'-1", "-1"]


def test_json_keeps_names_and_is_ascii():
    text = written(HOSTILE, "json")
    assert text.isascii()
    assert json.loads(text) == {
        "schema": "flows-v1",
        "flows": [{"flow": EVIL, "source": "-1", "packets": -1}],
    }


def test_json_has_times_lists_and_seconds():
    row = json.loads(written(PLAIN, "json"))["flows"][0]
    assert row["first"] == "2026-01-01T00:00:00.123456789Z"
    assert row["forms"] == ["plain", "vxlan"]
    assert row["duration"] == 0.0032


def test_parquet_keeps_types():
    frame = pl.read_parquet(io.BytesIO(parquet(PLAIN)))
    assert frame.columns == PLAIN.columns
    assert frame.schema["first"] == pl.Datetime("ns", "UTC")
    assert frame.schema["duration"] == pl.Duration("ns")


@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_rows_of_all_parts_are_written(format):
    many = pl.DataFrame({"packets": range(ROWS_PER_PART + 3)})
    text = written(many, format)
    assert str(ROWS_PER_PART + 2) in text.replace(",", "")
    assert text.count("\n") == ROWS_PER_PART + 4


def test_numbers_of_later_rows_go_on():
    assert f"{ROWS_PER_PART + 1}   {ROWS_PER_PART:,}\n" in written(
        pl.DataFrame({"packets": range(ROWS_PER_PART + 1)}), "table"
    )


def test_header_is_bold_in_colour():
    assert written(PLAIN, "table", color=True).startswith("\x1b[1m#")


def test_unknown_format_names_the_nearest():
    with pytest.raises(InputError, match="did you mean `csv`"):
        written(PLAIN, "cvs")


@given(st.from_regex(flowlisting.SAFE_TEXT.replace(r"\z", r"\Z")))
def test_what_counts_as_plain_is_safe_in_every_format(text):
    assert escape.visible(text) == text == escape.csv(text)
