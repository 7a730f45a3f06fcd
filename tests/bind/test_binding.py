from pcapcheck.bind.points import Binding


def test_binding_without_point_and_candidates_may_be_anywhere():
    assert Binding(None, "nothing", "has a name that says nothing").candidates == ()
