from pcapcheck.topology.topology import Interface, Node, Role


def test_interfaces_of_a_role_come_in_the_order_of_the_file():
    interfaces = {name: Interface(name, Role.UPLINK) for name in ("eth1", "eth0")}
    assert [each.name for each in Node("n", interfaces=interfaces).of_role("uplink")] == ["eth1", "eth0"]
