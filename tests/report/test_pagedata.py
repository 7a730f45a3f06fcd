import json
from dataclasses import replace

from report import results

from pcapcheck.report import pagedata
from pcapcheck.report.pagedata import page_data


def test_equal_paths_and_texts_are_there_once():
    flow = results.conformant().flows[0]
    many = [replace(flow, flow=f"tcp/10.244.0.5:{port}-10.244.1.7:80") for port in range(1000, 1100)]
    data = json.loads(page_data(replace(results.conformant(), flows=tuple(many))))
    assert len(data["flows"]) == 100
    assert len(data["paths"]) == 2
    assert len(data["texts"]) == len(set(data["texts"]))


def test_nothing_ends_the_script_element():
    text = page_data(results.hostile())
    assert "<" not in text
    assert text.isascii()


def test_flows_with_loss_come_first():
    good, bad = results.conformant().flows[0], results.violations().flows[0]
    data = json.loads(page_data(replace(results.conformant(), flows=(good, bad))))
    assert [flow[6] for flow in data["flows"]] == [9, 0]


def test_number_of_flows_is_limited(monkeypatch):
    monkeypatch.setattr(pagedata, "MAX_PAGE_FLOWS", 1)
    flow = results.conformant().flows[0]
    data = json.loads(page_data(replace(results.conformant(), flows=(flow, flow))))
    assert (len(data["flows"]), data["total"]) == (1, 2)
