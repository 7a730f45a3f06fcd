"""Values in words of the topology."""

import pytest
from looks import look

from pcapcheck.check.rulecontext import RuleContext
from pcapcheck.observe.kinds import rows_of_kinds
from pcapcheck.observe.naming import Namer, variables
from pcapcheck.observe.wording import cases


def names(sample, role, side, field):
    seen = look(sample)
    namer = Namer(RuleContext(seen.network, seen.profile), seen.network.owners)
    return {
        namer.named(each.row, each.field, each.value)
        for each in cases(rows_of_kinds(seen.network))
        if (each.kind.who, each.kind.role, each.kind.side, each.field.name)
        == ("pod-to-pod", role, side, field)
    }


@pytest.mark.parametrize(
    ("role", "side", "field", "name"),
    [
        ("uplink", "source", "inner.eth.dst", "$destination.node.vtep.mac"),
        ("uplink", "source", "eth.src", "$source.node.uplink.mac"),
        ("uplink", "source", "ip.dst", "$destination.node.addresses"),
        ("uplink", "source", "inner.ip.src", "$source.pod.addresses"),
        ("pod", "source", "eth.dst", "$source.gateway.mac"),
        ("uplink", "source", "vxlan.vni", "1"),
    ],
)
def test_value_is_named_after_what_the_topology_knows(role, side, field, name):
    assert names("flannel-vxlan", role, side, field) == {name}


def test_address_of_another_node_is_told():
    assert "node node3" in names("flannel-vxlan-fdb-wrong-vtep", "uplink", "source", "ip.dst")


def test_mac_that_nobody_has_is_itself():
    assert len(names("calico-ipip-gateway-mac", "pod", "source", "eth.dst")) == 2


def test_numbers_have_no_variables():
    assert variables("integer") == ()
