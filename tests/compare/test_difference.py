"""A Difference as data."""

import json

import pytest
from looks import look

from pcapcheck.compare.compare import compare
from pcapcheck.compare.difference import Loss


@pytest.fixture(scope="module")
def difference():
    return compare(look("flannel-vxlan"), look("flannel-vxlan-vni-mismatch"))


def test_json_holds_everything(difference):
    read = json.loads(difference.to_json())
    assert (read["schema"], read["differs"]) == ("diff-v1", True)
    assert {each["field"] for each in read["headers"]} == {"vxlan.vni"}
    assert read["bad"]["verdict"] == "violations"


def test_printed_it_shows_itself(difference):
    assert str(difference).startswith("different: headers 2")


def test_neither_true_nor_false(difference):
    with pytest.raises(TypeError, match="differs"):
        bool(difference)


def test_share_of_nothing_is_nothing():
    assert Loss(0, 0).share == 0.0
