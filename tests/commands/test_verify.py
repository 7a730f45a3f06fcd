"""verify: exit status and what is printed."""

import json
from pathlib import Path

import pytest
from captures_build import pcap, record
from click.testing import CliRunner
from packets import eth, ip, tcp, udp, vxlan

from pcapcheck.commands.verify import command
from pcapcheck.errors import InputError

SAMPLE = Path(__file__).parents[2] / "samples" / "flannel-vxlan" / "node1_eth0.pcap"
PACKET = eth(ip(udp(vxlan(eth(ip(tcp()))), dport=9999)))
pytestmark = pytest.mark.tshark


def run(*arguments, **more):
    return CliRunner().invoke(command, [str(each) for each in arguments], standalone_mode=False, **more)


@pytest.fixture
def odd(tmp_path):
    """Return a capture that tshark reads differently: an IP header that cannot be."""
    packet = bytearray(PACKET)
    packet[16:18] = (19).to_bytes(2, "big")
    (tmp_path / "odd.pcap").write_bytes(pcap(record(bytes(packet))))
    return tmp_path / "odd.pcap"


def test_sample_is_read_the_same(tshark):
    done = run(SAMPLE)
    assert done.return_value == 0
    assert "both read the same" in done.output


def test_difference_is_exit_status_1(odd):
    done = run(odd)
    assert done.return_value == 1
    assert "frame 1: ip.len: pcapcheck nothing; tshark 19  (eth)" in done.output


def test_json_has_every_difference(odd):
    found = json.loads(run(odd, "--format", "json").output)
    assert found["packets"] == 1
    assert {"frame": 1, "field": "ip.len", "ours": [], "theirs": ["19"], "stack": "eth"} in found[
        "disagreements"
    ]


def test_decode_as_is_told_to_both(tmp_path):
    (tmp_path / "x.pcap").write_bytes(pcap(record(PACKET)))
    plain, told = run(tmp_path / "x.pcap"), run(tmp_path / "x.pcap", "-d", "udp.port==9999,vxlan")
    assert (plain.return_value, told.return_value) == (0, 0)
    values = [int(each.output.split(" values")[0].rpartition(" ")[2]) for each in (plain, told)]
    assert values[1] > values[0]


def test_standard_input_is_read_by_both():
    done = run("-", input=SAMPLE.read_bytes())
    assert done.return_value == 0


def test_rest_of_a_capture_is_mentioned():
    assert "the first 5 packets were compared" in run(SAMPLE, "--packets", "5").stderr


def test_file_that_is_no_capture_is_an_input_error(tmp_path):
    (tmp_path / "x.pcap").write_bytes(b"no capture")
    assert isinstance(run(tmp_path / "x.pcap").exception, InputError)
