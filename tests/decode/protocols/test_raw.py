"""Raw IP: the version says which."""

import pytest
from packets import block, ip, ipv6, tcp

from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


@pytest.mark.parametrize("linktype", [12, 14, 101])
def test_version_tells_what_it_is(linktype):
    layers = find_layers(block(ip(tcp()), ipv6(tcp()), bytes(40), linktype=linktype), dissector_table())
    assert [layers.stacks[number] for number in layers.stack] == ["raw:ip:tcp", "raw:ipv6:tcp", "raw"]
