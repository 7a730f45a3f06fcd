"""fields: rows as tshark prints them, in three formats, from files and streams; mistakes with advice."""

import csv
import io
import json
import struct
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from packets import eth, ip, ipv6, tcp, udp, vlan, vxlan

from pcapcheck.commands.fields import command
from pcapcheck.errors import InputError

TUNNEL = eth(ip(udp(vxlan(eth(ip(tcp(), src="10.244.0.5")), vni=7)), src="192.168.0.1"))
PLAIN = eth(ipv6(tcp(), src="fd00::5"))
DECODE_AS = "udp.port==8472,vxlan"


def pcap(*packets):
    """Return a classic capture; packet `i` has the time `i` seconds and `i` nanoseconds."""
    records = (
        struct.pack("<IIII", i, i, len(packet), len(packet)) + packet for i, packet in enumerate(packets)
    )
    return struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1) + b"".join(records)


@pytest.fixture
def capture(tmp_path):
    file = tmp_path / "node1_eth0.pcap"
    file.write_bytes(pcap(TUNNEL, PLAIN))
    return str(file)


def run(*arguments, **more):
    result = CliRunner().invoke(command, arguments, catch_exceptions=False, **more)
    assert result.exit_code == 0
    return result.stdout


def test_a_row_a_packet_with_the_names_on_top(capture):
    out = run(
        capture,
        "-e",
        "frame.number",
        "-e",
        "ip.src",
        "-e",
        "inner.ip.src",
        "-e",
        "vxlan.vni",
        "-d",
        DECODE_AS,
    )
    assert out == "frame.number,ip.src,inner.ip.src,vxlan.vni\n1,192.168.0.1,10.244.0.5,7\n2,,,\n"


def test_occurrences_times_and_addresses(capture):
    out = run(
        capture,
        "-e",
        "ip.src#2",
        "-e",
        "frame.time_epoch",
        "-e",
        "ipv6.src",
        "-e",
        "eth.src",
        "-d",
        DECODE_AS,
    )
    assert list(csv.reader(io.StringIO(out)))[1:] == [
        ["10.244.0.5", "0.000000000", "", "52:54:00:00:00:01"],
        ["", "1.000000001", "fd00::5", "52:54:00:00:00:01"],
    ]


def test_json_is_one_document(capture):
    out = run(capture, "-e", "ip.src", "-e", "ip.ttl", "--format", "json")
    assert json.loads(out) == [{"ip.src": "192.168.0.1", "ip.ttl": 64}, {"ip.src": None, "ip.ttl": None}]


def test_parquet_keeps_numbers(capture, tmp_path):
    run(capture, "-e", "ip.ttl", "-e", "ipv6.src", "--format", "parquet", "-o", str(tmp_path / "out.parquet"))
    frame = pl.read_parquet(tmp_path / "out.parquet")
    assert frame.rows() == [(64, None), (None, "fd00::5")]


@pytest.mark.parametrize(("form", "expected"), [("csv", "ip.src\n"), ("json", "[]\n")])
def test_an_empty_capture_gives_an_empty_document(tmp_path, form, expected):
    (tmp_path / "empty.pcap").write_bytes(pcap())
    assert run(str(tmp_path / "empty.pcap"), "-e", "ip.src", "--format", form) == expected


def test_an_empty_parquet_file_has_its_columns(tmp_path):
    (tmp_path / "empty.pcap").write_bytes(pcap())
    run(
        str(tmp_path / "empty.pcap"),
        "-e",
        "ip.src",
        "--format",
        "parquet",
        "-o",
        str(tmp_path / "out.parquet"),
    )
    assert pl.read_parquet(tmp_path / "out.parquet").columns == ["ip.src"]


def test_several_files_follow_each_other(capture):
    assert run(capture, capture, "-e", "frame.number") == "frame.number\n1\n2\n1\n2\n"


def test_a_range_of_ports_may_be_named(capture):
    assert run(capture, "-e", "vxlan.vni", "-d", "udp.port==8470-8479,vxlan") == 'vxlan.vni\n7\n""\n'


def test_a_capture_that_ends_within_a_packet_is_warned_of(tmp_path):
    (tmp_path / "cut.pcap").write_bytes(pcap(PLAIN, PLAIN)[:-5])
    result = CliRunner().invoke(command, [str(tmp_path / "cut.pcap"), "-e", "ipv6.hlim"])
    assert result.stdout == "ipv6.hlim\n64\n"
    assert "cut.pcap" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["-e", "ip.scr"], "did you mean `ip.src`"),
        (["-e", "ip.src", "-d", "8472=vxlan"], r"write `udp\.port==8472,vxlan`"),
        (["-e", "ip.src", "-d", "udp.port==9-3,vxlan"], "write `8470-8479`"),
        (["-e", "ip.src", "-d", "udp.port==8472,vxlam"], "did you mean `vxlan`"),
        (["-e", "ip.src", "-d", "udp.port==99999,vxlan"], "from 0 to 65535"),
        (["-e", "ip.src", "-o", "no/such/folder/out.csv"], "give another file to -o"),
    ],
)
def test_mistakes_are_answered_with_advice(capture, arguments, advice):
    with pytest.raises(InputError, match=advice):
        CliRunner().invoke(command, [capture, *arguments], catch_exceptions=False)


def test_a_capture_is_not_written_over(capture):
    with pytest.raises(InputError, match="one of the captures"):
        CliRunner().invoke(command, [capture, "-e", "ip.src", "-o", capture], catch_exceptions=False)


def test_a_missing_file_is_an_input_error():
    with pytest.raises(InputError, match=r"nowhere\.pcap"):
        CliRunner().invoke(command, ["nowhere.pcap", "-e", "ip.src"], catch_exceptions=False)


def test_standard_input_is_read_as_a_stream(capture):
    with Path(capture).open("rb") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "pcapcheck", "fields", "-", "-e", "ip.ttl"],
            stdin=stream,
            capture_output=True,
        )
    assert done.stdout == b'ip.ttl\n64\n""\n'


@pytest.mark.tshark
def test_values_are_those_of_tshark(tshark, tmp_path):
    file = tmp_path / "mixed.pcap"
    file.write_bytes(pcap(TUNNEL, PLAIN, eth(vlan(ip(udp(dport=53), df=1), id=9), type=0x8100)))
    names = [
        "eth.src",
        "vlan.id",
        "ip.src",
        "ip.flags.df",
        "ipv6.src",
        "udp.dstport",
        "tcp.flags.syn",
        "vxlan.vni",
    ]
    wanted = [argument for name in names for argument in ("-e", name)]
    theirs = subprocess.run(
        [
            tshark,
            "-r",
            file,
            "-d",
            DECODE_AS,
            "-T",
            "fields",
            "-E",
            "separator=,",
            "-E",
            "occurrence=f",
            *wanted,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run(str(file), "-d", DECODE_AS, *wanted).splitlines()[1:] == theirs.stdout.splitlines()
