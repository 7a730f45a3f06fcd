"""Listing: several workers give the rows that one gives, in their order."""

import polars as pl
import pytest
from captures_build import enhanced, interface, pcap, record, section
from packets import eth, ip, tcp

from pcapcheck.collect.plan import ReadPlan
from pcapcheck.errors import InputError
from pcapcheck.run import fields
from pcapcheck.run.fields import list_fields
from pcapcheck.scale.executor import Executor
from pcapcheck.scale.resources import Resources, opened

FRAMES = [eth(ip(tcp(bytes(number % 9), seq=number), id=number)) for number in range(300)]
PLAN = ReadPlan(("frame.number", "ip.id", "tcp.seq_raw"), {})


def rows(files, using):
    said = []
    return pl.concat(list_fields(files, PLAN, using, said.append)).rows(), said


@pytest.mark.parametrize("kind", ["pcap", "pcapng"])
def test_workers_give_the_same_rows(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(fields, "SHARE", 5000)
    made = {
        "pcap": pcap(*(record(frame) for frame in FRAMES)),
        "pcapng": section() + interface() + b"".join(enhanced(frame) for frame in FRAMES),
    }
    files = [str(tmp_path / "a"), str(tmp_path / "b")]
    for number, file in enumerate(files):
        (tmp_path / file).write_bytes(made[kind][: len(made[kind]) - number * 3])
    alone = rows(files, Resources(Executor()))
    with opened(2) as using:
        assert rows(files, using) == alone
    assert alone[1] == [f"{files[1]}: it ends within a packet"]


def test_a_capture_that_is_not_there_is_an_error(tmp_path):
    with opened(2) as using, pytest.raises(InputError, match="there is no such file"):
        rows([str(tmp_path / "no"), str(tmp_path / "none")], using)
