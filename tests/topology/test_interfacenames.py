from collections import Counter

import pytest

from pcapcheck.check.rules import load_profile
from pcapcheck.documents.document import Document
from pcapcheck.documents.shipped import parts, profile_names, profile_path
from pcapcheck.topology.interfacenames import belongs, cni_names, kind_of, numbers_in, unique_part


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("flannel.1", {"vni": 1}),
        ("flannel-v6.77", {"vni": 77}),
        ("eth0.123", {"vlan_id": 123}),
        ("vlan7", {"vlan_id": 7}),
        ("cali0761ccbeace", {}),
        ("eth0", {}),
    ],
)
def test_name_holds_numbers(name, numbers):
    assert numbers_in(name) == numbers


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("cali0761ccbeace", "0761ccbeace"),
        ("veth05a7cb3d", "05a7cb3d"),
        ("lxc12ab34cd56ef", "12ab34cd56ef"),
        ("eni1a2b3c4d5e6", "1a2b3c4d5e6"),
        ("br-9f2c41d07ab3", "9f2c41d07ab3"),
        ("br-int", ""),
        ("lxc_health", ""),
        ("flannel.1", ""),
    ],
)
def test_host_end_of_a_pod_has_a_part_of_its_own(name, part):
    assert unique_part(name) == part


@pytest.mark.parametrize(
    ("name", "kind"),
    [("flannel.1", "vxlan"), ("flannel0", "tun"), ("wg0", "wireguard"), ("tunl0", "ipip"), ("eth0", "")],
)
def test_name_tells_the_kind(name, kind):
    assert kind_of(name) == kind


def test_names_belong_to_a_profile_and_not_to_those_that_extend_it():
    assert belongs("cali0761ccbeace", "calico")
    assert not belongs("cali0761ccbeace", "calico-vxlan")


def test_ranks_are_given_once():
    ranks = Counter(each.rank for each in cni_names() if each.rank is not None)
    assert [rank for rank, count in ranks.items() if count > 1] == []


def test_names_speak_for_profiles_that_exist():
    assert {each.profile for each in cni_names()} <= set(profile_names())
    ranked = {each.profile for each in cni_names() if each.rank is not None}
    assert [each for each in ranked if load_profile(each).shared] == []


def test_what_is_read_fast_is_what_the_files_say():
    whole = {name: Document.load(profile_path(name)).data for name in profile_names()}
    said = {name: data["interfaces"] for name, data in whole.items() if "interfaces" in data}
    assert dict(parts("interfaces")) == said
