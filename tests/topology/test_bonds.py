import pytest

from pcapcheck.topology.bonds import slaves
from pcapcheck.topology.topology import Interface, Node, Role

MAC, OTHER = "52:54:00:a1:51:01", "52:54:00:a1:51:02"


def node(*interfaces):
    return Node("node1", ("192.168.50.11",), (), {each.name: each for each in interfaces}, ())


def uplink(name, mac=MAC, **given):
    return Interface(name, Role.UPLINK, mac=mac, **given)


BOND = uplink("bond0", addresses=("192.168.50.11/24",))


@pytest.mark.parametrize(
    ("interfaces", "expected"),
    [
        ([BOND, uplink("ens1f0", parent="bond0")], {"ens1f0": "bond0"}),
        ([BOND, uplink("ens1f0"), uplink("ens2f0")], {"ens1f0": "bond0", "ens2f0": "bond0"}),
        ([BOND, uplink("ens1f0", OTHER)], {}),
        ([BOND, uplink("ens1f0", addresses=("10.0.0.1/24",))], {}),
        ([uplink("uplink0", parameters={"type": "bond"}), uplink("ens1f0")], {"ens1f0": "uplink0"}),
        ([uplink("bond0"), uplink("eth1")], {"eth1": "bond0"}),  # the address is a VLAN's
        ([uplink("eth0"), uplink("eth1")], {}),
    ],
)
def test_slaves_are_told_by_their_parent_or_the_bonds_mac(interfaces, expected):
    assert slaves(node(*interfaces)) == expected
