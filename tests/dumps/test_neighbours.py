from linuxhosts import host

from pcapcheck.dumps.tables import pods_behind


def row(address, device, mac="02:00:00:00:00:01"):
    return {"dst": address, "dev": device, "state": ["STALE"]} | ({"lladdr": mac} if mac else {})


def test_neighbours_behind_bridge_and_veth_are_pods():
    node = host("n1", row("10.0.0.5", "cni0"), row("10.0.0.6", "cali1"), row("192.168.0.2", "eth0"))
    found = pods_behind({"n1": node})
    assert {each.name: (each.node, each.addresses) for each in found.values()} == {
        "pod-10.0.0.5": ("n1", ("10.0.0.5",)),
        "pod-10.0.0.6": ("n1", ("10.0.0.6",)),
    }


def test_nobody_who_did_not_answer_and_no_link_local_address():
    node = host("n1", row("10.0.0.5", "cni0", mac=""), row("fe80::1", "cni0"), row("x", "cni0"))
    assert pods_behind({"n1": node}) == {}
