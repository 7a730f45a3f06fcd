"""Translations on the way of a flow, and whether they are right."""

from scene import causes, facts, scene

from profiles import API, DB, WEB, flannel, with_service
from sample import fetch
from services import Nat
from wire import End

TALKS = [fetch(WEB, DB, 0.5, nat=Nat(End(API, 80)))]


def gone(told):
    for service in told["services"].values():
        service["endpoints"] = ["10.100.1.200:80"]


def test_an_endpoint_of_the_service_is_one(tmp_path):
    case = scene(tmp_path, TALKS, lambda: with_service(flannel()))
    (fact,) = [each for each in facts(case, "translated") if each.about["what"] == "endpoint"]
    assert fact.about["is_endpoint"] is True
    assert causes(case) == []


def test_an_address_that_is_no_endpoint_is_stale(tmp_path):
    case = scene(tmp_path, TALKS, lambda: with_service(flannel()), topology=gone)
    (fact,) = [each for each in facts(case, "translated") if each.about["what"] == "endpoint"]
    assert fact.about["is_endpoint"] is False
    assert causes(case)[0] == "service-stale-endpoint"
