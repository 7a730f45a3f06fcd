"""Names: others, from which the same can be guessed."""

import pytest

from pcapcheck.anonymise.namemap import NameMap
from pcapcheck.anonymise.secret import Secret
from pcapcheck.bind.filename import called_like_a_node
from pcapcheck.topology.roles import role_of

NAMES = NameMap(Secret("k"))


@pytest.mark.parametrize(
    "name", ["eth0", "cni0", "flannel.1", "vxlan.calico", "tunl0", "any", "lo", "ens192", "br-int"]
)
def test_interface_that_every_node_has_stays(name):
    assert NAMES.interface(name) == name


@pytest.mark.parametrize("name", ["cali0761ccbeace", "veth05a7cb3d", "lxc12ab34cd56ef"])
def test_host_end_of_a_pod_gets_another_name_of_the_same_role(name):
    made = NAMES.interface(name)
    assert made != name
    assert len(made) == len(name)
    assert role_of(made) == role_of(name)


def test_interface_with_a_name_of_its_own_gets_another():
    assert "shop" not in NAMES.interface("to-the-shop")


def test_node_is_called_like_a_node():
    assert called_like_a_node(NAMES.node("shop-7"))


def test_pod_is_not_called_like_a_node():
    assert not called_like_a_node(NAMES.pod("shop/node-exporter").partition("/")[2])


def test_namespaces_that_every_cluster_has_stay():
    assert NAMES.pod("kube-system/coredns").startswith("kube-system/pod-")
    assert NAMES.pod("shop/web").startswith("ns-")


def test_pod_without_a_namespace_keeps_its_pseudonym():
    assert NAMES.pod("shop/web").endswith("/" + NAMES.pod("web"))


def test_services_and_pods_of_one_name_are_apart():
    assert NAMES.service("default/web") != NAMES.pod("default/web")
