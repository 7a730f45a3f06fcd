import polars as pl

from pcapcheck.bind.cooked import with_link_macs

INNER, LINK = 0x02_00_00_00_00_0A, 0x02_00_00_00_00_01


def variants(stack):
    carried = INNER if ":eth" in stack or stack.startswith("eth") else None
    macs = {"eth.src": carried, "eth.dst": carried, "inner.eth.src": carried, "inner.eth.dst": carried}
    return pl.DataFrame(
        {
            "stack": [stack],
            "sll.src.eth": [LINK if stack.startswith("sll") else None],
            **{k: [v] for k, v in macs.items()},
        },
        schema_overrides=dict.fromkeys(["sll.src.eth", *macs], pl.UInt64),
    )


def macs_of(stack):
    return with_link_macs(variants(stack)).select(r"^(inner\.)?eth.*$").row(0)


def test_a_cooked_packet_without_a_tunnel_has_the_cooked_source_and_no_destination():
    assert macs_of("sll:ip:tcp") == (LINK, None, LINK, None)


def test_the_frame_inside_a_tunnel_keeps_its_own_macs():
    assert macs_of("sll:ip:udp:vxlan:eth:ip:tcp") == (LINK, None, INNER, INNER)


def test_ethernet_is_left_alone():
    assert macs_of("eth:ip:tcp") == (INNER,) * 4


def test_captures_without_cooked_headers_are_left_alone():
    plain = variants("eth:ip:tcp").drop("sll.src.eth")
    assert with_link_macs(plain).equals(plain)
