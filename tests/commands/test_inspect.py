import json
from pathlib import Path

from captures_build import enhanced, interface, option, pcap, record, section, statistics
from click.testing import CliRunner
from packets import eth, ip, tcp, udp, vxlan

from pcapcheck.commands.inspect import command

SAMPLES = Path(__file__).parents[2] / "samples"
FRAME = eth(ip(tcp(b"payload")))


def run(*arguments):
    return CliRunner().invoke(command, [str(each) for each in arguments], standalone_mode=False)


def told(*paths):
    return json.loads(run(*paths, "--format", "json").stdout)["captures"]


def test_stacks_are_counted(tmp_path):
    tunnelled = eth(ip(udp(vxlan(FRAME, vni=9), dport=4789)))
    (tmp_path / "x.pcap").write_bytes(pcap(record(FRAME), record(FRAME), record(tunnelled)))
    (found,) = told(tmp_path / "x.pcap")
    assert found["packets"] == 3
    assert found["stacks"] == {"eth:ip:tcp": 2, "eth:ip:udp:vxlan:eth:ip:tcp": 1}


def test_drops_and_names_of_interfaces_are_told(tmp_path):
    data = (
        section()
        + interface(option(2, b"eth0"))
        + enhanced(FRAME)
        + statistics(option(5, b"\x07" + bytes(7)))
    )
    (tmp_path / "x.pcapng").write_bytes(data)
    text = run(tmp_path / "x.pcapng").stdout
    assert "eth0" in text
    assert "7" in text


def test_a_file_that_ends_within_a_packet_is_said(tmp_path):
    (tmp_path / "x.pcap").write_bytes(pcap(record(FRAME), record(FRAME))[:-5])
    assert "the capture is truncated at the end" in run(tmp_path / "x.pcap").stdout


def test_what_is_no_capture_is_an_entry_and_status_2_if_nothing_can_be_read(tmp_path):
    (tmp_path / "bad.pcap").write_bytes(b"no capture at all, but text")
    (tmp_path / "good.pcap").write_bytes(pcap(record(FRAME)))
    assert run(tmp_path / "bad.pcap").return_value == 2
    assert run(tmp_path).return_value == 0
    assert [bool(each.get("error")) for each in told(tmp_path)] == [True, False]


def test_capture_of_a_sample_looks_like_its_profile():
    assert "flannel-vxlan" in run(SAMPLES / "flannel-vxlan" / "node1_eth0.pcap").stdout


def test_escapes_of_a_terminal_do_not_come_through(tmp_path):
    data = section() + interface(option(2, b"\x1b[31meth0\n")) + enhanced(FRAME)
    (tmp_path / "x.pcapng").write_bytes(data)
    assert "\x1b" not in run(tmp_path / "x.pcapng").stdout
