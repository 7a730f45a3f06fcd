import pytest

from pcapcheck.topology.roles import PRECEDENCE, _patterns, is_of_a_node, role_of
from pcapcheck.topology.topology import Role

NAMES = {
    "veth": "cali0761ccbeace veth05a7cb3d lxc5c04ff9617df lxc_health eni1a2b3c4d5e6 azv0a1 gke12ab",
    "bridge": "cni0 cbr0 docker0 br0 br-1a2b virbr0 kube-bridge lxcbr0",
    "vtep": "flannel.1 flannel-v6.1 vxlan.calico vxlan-v6.calico cilium_vxlan cilium_geneve genev_sys_6081"
    " vxlan100 vx0 nvgre0 antrea-gw0 gretap0 vxlan_sys_4789",
    "tunnel": "tunl0 gre1 sit0 wg0 flannel-wg wireguard.cali flannel0 ip6tnl0 tun0 cilium_wg0",
    "uplink": "eth0 ens5 eno1 enp0s3 enx001122334455 bond0",
    "vlan": "eth0.123 bond0.5 vlan7",
    "pod": "net1",
    "lo": "lo",
    "any": "any",
}


@pytest.mark.parametrize(
    ("name", "role"), [(name, role) for role, names in NAMES.items() for name in names.split()]
)
def test_name_tells_the_role(name, role):
    assert role_of(name) == role


@pytest.mark.parametrize("name", ["", "web-1", "foo0", "veth-app_eth0", "Ethernet 2"])
def test_other_names_tell_nothing(name):
    assert role_of(name) is None


def test_eth0_and_lo_are_in_pods_too():
    assert [is_of_a_node(name) for name in ("eth0", "lo", "any", "net1", "ens5", "cni0")] == [False] * 4 + [
        True
    ] * 2


def test_every_role_has_its_place():
    assert sorted(PRECEDENCE) == sorted(Role)


def test_in_names_that_are_known_no_two_roles_meet():
    shipped = [name for names in NAMES.values() for name in names.split()]
    assert {name: sum(bool(each.fullmatch(name)) for each in _patterns().values()) for name in shipped} == (
        dict.fromkeys(shipped, 1)
    )
