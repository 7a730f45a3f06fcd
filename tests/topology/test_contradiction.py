from pcapcheck.topology.addressing import Contradiction


def test_contradiction_has_the_keys_of_its_place():
    assert Contradiction(("pods", "a/b"), "is wrong", "mend it").keys == ("pods", "a/b")
