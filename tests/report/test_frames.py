import polars as pl
import pytest
from report import results

from pcapcheck.errors import InputError
from pcapcheck.report.frames import RESULT_FRAMES, frame


@pytest.mark.parametrize("name", RESULT_FRAMES)
def test_frame_has_its_columns_also_without_rows(name):
    empty = frame(results.inconclusive(), name)
    assert empty.columns == list(RESULT_FRAMES[name])
    assert empty.schema == frame(results.violations(), name).schema


def test_findings_have_one_row_each():
    rows = frame(results.violations(), "findings")
    assert rows["rule"].to_list()[2:] == ["kubernetes/delivered", "flannel-vxlan/outer-ttl"]
    assert rows.row(0, named=True)["actual"] == ["2"]


def test_hops_have_one_row_per_flow_direction_and_step():
    rows = frame(results.conformant(), "hops")
    assert rows.group_by("direction", maintain_order=True).len().rows() == [("forward", 10), ("backward", 4)]
    assert rows["latency_us"][1] == 3.2


def test_times_are_in_utc_and_to_the_nanosecond():
    first = frame(results.conformant(), "flows")["first"]
    assert first.dtype == pl.Datetime("ns", "UTC")
    assert first.dt.timestamp("ns")[0] % 10**9 == 123_456_789


def test_unknown_frame_names_the_nearest():
    with pytest.raises(InputError, match="did you mean `flows`"):
        frame(results.conformant(), "flow")


@pytest.mark.parametrize("name", RESULT_FRAMES)
def test_bytes_that_are_no_text_are_written_out(name):
    text = str(frame(results.hostile(), name).to_dicts())
    assert "\udc9c" not in text
