from pcapcheck.dumps.intent import intended
from pcapcheck.topology.topology import Interface, Node, Role


def nodes(*values, name="flannel.1", role=Role.VTEP, key="vni"):
    made = {}
    for number, value in enumerate(values, 1):
        parameters = {} if value is None else {key: value}
        made[f"n{number}"] = Node(
            f"n{number}", interfaces={name: Interface(name, role, parameters=parameters)}
        )
    return made


def values(found, name="flannel.1", key="vni"):
    return [node.interfaces[name].parameters.get(key) for node in found.values()]


def test_value_of_most_nodes_is_meant():
    found, notes = intended(nodes(7, 9, 9))
    assert values(found) == [9, 9, 9]
    assert notes == ["n1: flannel.1 has vni 7; 9 is assumed to be intended"]


def test_usual_value_is_meant_where_nodes_are_equally_many():
    assert values(intended(nodes(2, 1))[0]) == [1, 1]


def test_first_value_is_meant_where_none_is_usual():
    assert values(intended(nodes(8, 9))[0]) == [8, 8]


def test_value_that_one_node_lacks_is_noted():
    found, notes = intended(nodes(5, None, key="key"))
    assert values(found, key="key") == [5, 5]
    assert notes == ["n2: flannel.1 has no key; 5 is assumed to be intended"]


def test_uplinks_may_differ():
    assert intended(nodes(1, 2, name="eth0", role=Role.UPLINK))[1] == []


def test_larger_mtu_is_meant_where_nodes_are_equally_many():
    made = {
        name: Node(name, interfaces={"t": Interface("t", Role.TUNNEL, mtu=mtu)})
        for name, mtu in (("a", 1400), ("b", 1480))
    }
    assert [node.interfaces["t"].mtu for node in intended(made)[0].values()] == [1480, 1480]


def test_host_ends_of_calico_have_its_mac():
    cali = Interface("cali1", Role.VETH, mac="02:00:00:00:00:01")
    found, notes = intended({"n1": Node("n1", interfaces={"cali1": cali})})
    assert found["n1"].interfaces["cali1"].mac == "ee:ee:ee:ee:ee:ee"
    assert len(notes) == 1
