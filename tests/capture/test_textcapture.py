"""Text as a capture: what packets and places it gives, and what of them was not printed."""

import json

import numpy as np
import pytest
from pasted import HEADER, PING, PONG, field, places, read, text_of
from shared import CAPTURES

from pcapcheck.capture.source import open_capture
from pcapcheck.capture.textcapture import is_text
from pcapcheck.errors import InputError

SYN = (
    "12:00:02.000000 IP 10.1.0.2.40000 > 10.1.0.3.80: Flags [S], seq 1000000000, win 64240,"
    " options [mss 1460,sackOK,TS val 11 ecr 0,nop,wscale 7], length 0"
)
SYN_ACK = (
    "12:00:02.000100 IP 10.1.0.3.80 > 10.1.0.2.40000: Flags [S.], seq 3000000000, ack 1000000001, win 65160,"
    " options [mss 1460,sackOK,TS val 22 ecr 11,nop,wscale 7], length 0"
)
DATA = (
    "12:00:02.000300 IP 10.1.0.2.40000 > 10.1.0.3.80: Flags [P.], seq 1:101, ack 1, win 502,"
    " options [nop,nop,TS val 12 ecr 22], length 100: HTTP: GET / HTTP/1.1"
)
OUTER = "12:00:01.000000 IP 192.168.0.1.5555 > 192.168.0.2.8472: OTV, flags [I] (0x08), overlay 0, instance 4"
INNER = "IP 10.1.0.2 > 10.1.1.3: ICMP echo request, id 7, seq 1, length 64"


def test_packets_have_what_was_printed_and_nothing_else(tmp_path):
    path = text_of(tmp_path, HEADER, PING, PONG)
    assert field(path, "ip.src") == [0x0A010002, 0x0A010003]
    assert field(path, "icmp.type") == [8, 0]
    assert field(path, "ip.len") == [84, 84]
    assert field(path, "ip.ttl") == [None, None]
    assert field(path, "ip.id") == [None, None]
    assert field(path, "eth.src") == [None, None]
    assert field(path, "icmp._payload0") == [None, None]


def test_verbose_lines_have_the_ip_header(tmp_path):
    path = text_of(
        tmp_path,
        HEADER,
        "12:00:01.000100 IP (tos 0x2,ECT(0), ttl 61, id 4711, offset 0, flags [DF], proto ICMP (1),"
        " length 84)",
        "    10.1.0.2 > 10.1.0.3: ICMP echo request, id 7, seq 1, length 64",
    )
    assert field(path, "ip.ttl") == [61]
    assert field(path, "ip.id") == [4711]
    assert field(path, "ip.flags.df") == [1]
    assert field(path, "ip.dsfield.ecn") == [2]


def test_header_without_congestion_notification_has_its_ttl(tmp_path):
    path = text_of(
        tmp_path,
        HEADER,
        "12:00:01.000100 IP (tos 0x0, ttl 61, id 1, offset 0, flags [none], proto ICMP (1), length 84)",
        "    10.1.0.2 > 10.1.0.3: ICMP echo request, id 7, seq 1, length 64",
    )
    assert field(path, "ip.ttl") == [61]


def test_packet_in_a_packet_has_no_keyword_with_macs(tmp_path):
    path = text_of(
        tmp_path,
        HEADER,
        "12:00:01.1 02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype IPv4 (0x0800), length 118:"
        " 192.168.0.1 > 192.168.0.2: 10.1.0.2 > 10.1.0.3: ICMP echo request, id 7, seq 1, length 64",
        "12:00:01.2 02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype IPv4 (0x0800), length 126:"
        " 192.168.0.1 > 192.168.0.2: GREv0, key=0x4d2, proto IPv4 (0x0800), length 92:"
        " 10.1.0.2 > 10.1.0.3: ICMP echo request, id 7, seq 2, length 64",
    )
    assert field(path, "inner.ip.src") == [0x0A010002, 0x0A010002]
    assert field(path, "gre.key") == [None, 1234]
    assert field(path, "eth.src") == [0x020000000001] * 2


def test_cooked_line_without_a_mac_is_read(tmp_path):
    path = text_of(
        tmp_path,
        "listening on gre1, link-type LINUX_SLL (Linux cooked v1), snapshot length 262144 bytes",
        "12:00:01.1 Out ethertype IPv4 (0x0800), length 100:"
        " 10.1.0.2 > 10.1.0.3: ICMP echo request, id 7, seq 1, length 64",
    )
    assert field(path, "sll.pkttype") == [4]
    assert field(path, "ip.dst") == [0x0A010003]


def test_relative_sequence_numbers_are_put_right(tmp_path):
    path = text_of(tmp_path, HEADER, SYN, SYN_ACK, DATA)
    assert field(path, "tcp.seq_raw") == [1_000_000_000, 3_000_000_000, 1_000_000_001]
    assert field(path, "tcp.ack_raw")[1:] == [1_000_000_001, 3_000_000_001]
    assert field(path, "tcp.len") == [0, 0, 100]
    assert field(path, "tcp.options.timestamp.tsval") == [11, 22, 12]


def test_sequence_number_without_its_beginning_is_not_known(tmp_path):
    path = text_of(tmp_path, HEADER, DATA)
    assert field(path, "tcp.seq_raw") == [None]
    assert open_capture(path).interfaces[0].absent >= {"tcp.seq"}


def test_inner_packet_on_the_next_line_is_in_the_tunnel(tmp_path):
    path = text_of(tmp_path, HEADER, OUTER, INNER)
    assert field(path, "vxlan.vni", p8472="vxlan") == [4]
    assert field(path, "inner.ip.src", p8472="vxlan") == [0x0A010002]


def test_tunnel_whose_content_was_lost_is_cut_off(tmp_path):
    _, block = read(text_of(tmp_path, HEADER, OUTER, PING))
    assert (block.captured < block.original).tolist() == [True, False]


def test_consoles_of_a_report_have_the_places_of_their_headings(tmp_path):
    path = text_of(
        tmp_path,
        "# No answer",
        "web-1 runs on node-a, db-2 on node-b.",
        "## node-a, eth0",
        *("```", HEADER, PING, "```"),
        "On node-b, on cni0:",
        *("```", HEADER.replace("eth0", "cni0"), PING, PONG, "```"),
    )
    assert places(path) == {"node-a_eth0": 1, "node-b_cni0": 2}


def test_prompt_and_command_name_the_place(tmp_path):
    path = text_of(
        tmp_path,
        "root@node-a:~# tcpdump -ni eth0",
        *(HEADER, PING),
        "$ kubectl exec -n shop web-1 -- tcpdump -ni eth0",
        PONG,
    )
    assert places(path) == {"node-a_eth0": 1, "shop_web-1_eth0": 1}


def test_device_column_gives_an_interface_each(tmp_path):
    path = text_of(
        tmp_path,
        "root@node-a:~# tcpdump -i any -n",
        "listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes",
        PING.replace(" IP ", " veth12 P   IP "),
        PING.replace(" IP ", " cni0  In  IP "),
    )
    assert places(path) == {"node-a_veth12": 1, "node-a_cni0": 1}
    assert field(path, "sll.pkttype") == [3, 0]
    assert field(path, "sll.ifindex") == [None, None]


def test_devices_of_a_capture_that_was_read_elsewhere_are_not_trusted(tmp_path):
    path = text_of(
        tmp_path,
        "reading from file node-a_any.pcap, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144",
        "Warning: interface names might be incorrect",
        PING.replace(" IP ", " lo    In  IP "),
    )
    assert places(path) == {"node-a_any.pcap": 1}


def test_empty_console_is_an_interface_without_packets(tmp_path):
    path = text_of(tmp_path, HEADER, "0 packets captured", "0 packets received by filter")
    capture = open_capture(path)
    assert list(capture.blocks()) == []
    assert [each.name for each in capture.interfaces] == ["eth0"]


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (["9 packets captured"], "its footer counts 9 packets, and 1 are printed"),
        (["12:00:01.5 IP 10.1.0.2 > 10.1"], "1 of its lines cannot be read"),
    ],
    ids=["footer", "cut line"],
)
def test_console_that_lost_lines_says_so(tmp_path, last, why):
    capture, _ = read(text_of(tmp_path, HEADER, PING, *last))
    assert [each.incomplete for each in capture.interfaces] == [why]


def test_dumped_bytes_are_those_of_the_packet(tmp_path):
    path = text_of(
        tmp_path,
        HEADER,
        "12:00:01.000100 IP 10.1.0.2.40000 > 10.1.0.3.9: UDP, length 4",
        "\t0x0000:  4500 0020 1234 4000 3e11 1494 0a01 0002  E...............",
        "\t0x0010:  0a01 0003 9c40 0009 000c 0000 6162 6364  ............abcd",
    )
    assert field(path, "ip.ttl") == [0x3E]
    assert field(path, "ip.id") == [0x1234]
    assert field(path, "udp._payload0") == [0x61626364]
    assert field(path, "eth.src") == [None]


@pytest.mark.parametrize("width", [80, 61])
def test_lines_broken_by_a_terminal_are_joined(tmp_path, width):
    lines = [line[at : at + width] for line in (SYN, SYN_ACK, DATA) for at in range(0, len(line), width)]
    path = text_of(tmp_path, HEADER, *lines)
    assert field(path, "tcp.seq_raw") == [1_000_000_000, 3_000_000_000, 1_000_000_001]


def test_quoting_colours_and_markup_are_taken_off(tmp_path):
    quoted = [f"> > {PING}", f"\x1b[1;32m{PONG}\x1b[0m", f"<span>{PING.replace('>', '&gt;')}</span>"]
    assert field(text_of(tmp_path, HEADER, *quoted), "icmp.type") == [8, 0, 8]


def test_names_and_masked_addresses_are_equal_values(tmp_path):
    path = text_of(
        tmp_path,
        HEADER,
        "12:00:01.1 IP web.40000 > x.x.x.7.domain: 7+ A? example.com. (29)",
        "12:00:01.2 IP x.x.x.7.domain > web.40000: 7 1/0/0 A 192.0.2.1 (45)",
    )
    source, target = field(path, "ip.src"), field(path, "ip.dst")
    assert source == target[::-1]
    assert field(path, "udp.dstport") == [53, 40000]


def test_list_of_tshark_is_read(tmp_path):
    path = text_of(
        tmp_path,
        "Capturing on 'eth0'",
        "    1   0.000000 10.1.0.2 → 10.1.0.3 ICMP 98 Echo (ping) request  id=0x0007, seq=1/256, ttl=63",
        "    2   0.100000 10.1.0.2 → 10.1.0.3 TCP 74 40000 → 80 [SYN] Seq=0 Win=64240 Len=0 MSS=1460"
        " SACK_PERM TSval=11 TSecr=0 WS=128",
    )
    assert field(path, "ip.ttl") == [63, None]
    assert field(path, "tcp.flags.syn") == [None, 1]
    assert field(path, "tcp.seq_raw") == [None, None]


def test_text_without_packets_says_what_it_seems_to_be(tmp_path):
    path = text_of(tmp_path, "Chain FORWARD (policy ACCEPT)", "target prot opt source destination")
    with pytest.raises(InputError, match="no packet is printed; it seems to be output of `iptables -L`"):
        open_capture(path)


def test_million_letters_in_a_line_are_no_packet_and_no_harm(tmp_path):
    path = text_of(tmp_path, HEADER, PING, "x" * 1_000_000, PONG)
    assert field(path, "icmp.type") == [8, 0]


TEXTS = CAPTURES.parent / "text"
SETS = sorted(each.name for each in TEXTS.iterdir() if each.is_dir()) if TEXTS.is_dir() else []


@pytest.mark.parametrize("name", SETS)
def test_shared_text_has_as_many_packets_as_its_truth_says(name):
    wanted = json.loads((TEXTS / name / "truth.json").read_text(encoding="utf-8"))["packets"]
    files = [each for each in sorted((TEXTS / name).iterdir()) if each.suffix in (".md", ".txt", ".log")]
    found = [sum(len(block) for block in open_capture(str(file)).blocks()) for file in files]
    assert sum(found) == sum(wanted.values())
    if len(files) == len(wanted):
        assert sorted(found) == sorted(wanted.values())


def test_times_are_those_of_a_day(tmp_path):
    _, block = read(text_of(tmp_path, HEADER, PING, PONG))
    assert np.diff(block.time).tolist() == [800_000]


def test_data_that_happens_to_be_letters_and_control_characters_is_no_text():
    assert is_text(b"\x1b[1mIP 10.0.0.1 > 10.0.0.2: ICMP\x1b[0m\r\n")
    assert not is_text(bytes(range(7, 80)))
