"""Values of fields, a case a distinct one."""

from looks import look

from pcapcheck.observe.kinds import rows_of_kinds
from pcapcheck.observe.wording import cases


def found(sample, field, role="uplink"):
    every = cases(rows_of_kinds(look(sample).network))
    return [each for each in every if each.field.name == field and each.kind.role == role]


def test_value_counts_packets_and_flows():
    some = found("flannel-vxlan", "vxlan.vni")
    assert {each.value for each in some} == {1}
    assert all(each.packets >= len(each.flows) > 0 for each in some)


def test_case_says_where_its_first_packet_is():
    first = found("flannel-vxlan-vni-mismatch", "vxlan.vni")[0]
    network = look("flannel-vxlan-vni-mismatch").network
    assert network.files[first.file].endswith(f"{first.node}_eth0.pcap")
    assert first.frame >= 1


def test_stack_ends_with_the_innermost_ip_header():
    assert {each.value for each in found("flannel-vxlan", "stack")} == {"eth:ip:udp:vxlan:eth:ip"}


def test_no_rows_have_no_cases():
    network = look("flannel-vxlan").network
    assert list(cases(rows_of_kinds(network).clear())) == []
