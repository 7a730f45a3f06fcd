import pytest

from pcapcheck.check.choice import as_used
from pcapcheck.check.parameter import Parameter
from pcapcheck.check.profile import Profile


def used(counts, *values, many=False):
    profile = Profile("demo", "Demo", parameters={"vni": Parameter("vni", "integer", values, many=many)})
    return as_used(profile, {"vni": counts}).values("vni")


def test_the_profiles_own_value_stands_while_any_node_uses_it():
    assert used({1: 1, 7: 99}, 1) == (1,)


@pytest.mark.parametrize(
    ("counts", "value"),
    [
        ({7: 2}, (7,)),
        ({7: 3, 8: 2}, (7,)),
        ({7: 1}, ()),
        ({7: 1, 8: 1}, (7,)),
        ({8: 2, 7: 2}, (7,)),
        ({-1: 3}, ()),
        ({-1: 2, 7: 2}, (7,)),
        ({-1: 3, 7: 2}, ()),
    ],
    ids=[
        "most",
        "most of several",
        "one node",
        "the lower",
        "of as many",
        "none",
        "before none",
        "mostly none",
    ],
)
def test_else_most_nodes_say_what_is_meant(counts, value):
    assert used(counts, 1) == value


def test_of_a_list_every_value_that_several_nodes_use_is_meant():
    assert used({9: 2, 7: 3, 8: 1}, 1, many=True) == (7, 9)
    assert used({8: 1}, 1, many=True) == ()


def test_parameters_that_nobody_was_seen_to_use_stay():
    assert used({}, 1) == (1,)
    profile = Profile("demo", "Demo")
    assert as_used(profile, {"vni": {7: 2}}).parameters == {}
