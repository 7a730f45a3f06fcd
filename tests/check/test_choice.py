import polars as pl
import pytest
from networks import rule

from pcapcheck.check.choice import NONE, choose, named
from pcapcheck.check.detect import Scenery
from pcapcheck.check.parameter import Parameter
from pcapcheck.check.profile import Clue, Profile
from pcapcheck.topology.topology import CapturePoint, Role, Topology

CAPTURED = CapturePoint("n1", "flannel.1", Role.VTEP), CapturePoint("n1", "cni0", Role.BRIDGE)
VNI = {"vni": Parameter("vni", "integer", (1,))}


def profile(name, *weights, interface="flannel.*", **more):
    """Return a profile that the captured interface speaks for with these weights."""
    return Profile(
        name, name, detect=tuple(Clue((), {}, each, interface=(interface,)) for each in weights), **more
    )


def chosen(*profiles, points=CAPTURED, sight=None, votes=None):
    seen = pl.DataFrame() if sight is None else sight
    return choose(profiles, Scenery(seen, points, Topology()), votes or {})


def test_profiles_that_are_named_are_used_without_a_look_at_the_captures():
    found = named([profile("a"), profile("b")], {})
    assert [(each.name, each.confidence, each.evidence) for each in found.used] == [
        ("a", 1.0, "named"),
        ("b", 1.0, "named"),
    ]
    assert found.main.name == "a"


def test_values_that_nodes_use_are_those_of_a_named_profile_too():
    assert named([profile("a", parameters=VNI)], {"vni": {7: 2}}).main.values("vni") == (7,)


def test_the_profile_that_most_speaks_for_is_used_with_the_reason():
    found = chosen(profile("a", 2), profile("b", 3))
    assert (found.main.name, found.notes) == ("b", ())
    assert found.used[0].alternatives == ()
    assert found.used[0].evidence == "an interface called flannel.*"


@pytest.mark.parametrize(("weight", "confidence"), [(2, 0.5), (3, 0.82), (9, 1.0)])
def test_confidence_is_how_far_the_others_are_behind(weight, confidence):
    assert chosen(profile("a", weight), profile("b", 2)).used[0].confidence == confidence


def test_profiles_that_cannot_be_told_apart_are_used_as_far_as_they_agree():
    shared, own = rule(id="x/shared"), rule(id="a/own")
    found = chosen(profile("a", 2, rules=(shared, own)), profile("b", 2, rules=(shared,)))
    assert found.main.rules == (shared,)
    assert found.used[0].alternatives == ("b",)
    assert found.notes[0].startswith("these captures fit a as well as b: only rules that they share are used")


def test_a_shared_profile_is_never_what_captures_look_like():
    assert chosen(profile("a", 9, shared=True), profile("b", 2)).main.name == "b"


def test_where_nothing_fits_there_is_no_profile_and_a_note_if_anything_was_seen():
    other = profile("a", 2, interface="cali*")
    assert chosen(other).notes == ()
    found = chosen(other, sight=pl.DataFrame({"role": ["uplink"]}))
    assert (found.main, found.profiles, found.used, found.notes) == (None, (), (), (NONE,))


def test_a_chosen_profile_has_the_values_that_nodes_use():
    assert chosen(profile("a", 2, parameters=VNI), votes={"vni": {7: 2}}).main.values("vni") == (7,)
