import copy
import json
import random
from pathlib import Path

import jsonschema
import pytest
import shared
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.documents import schema
from pcapcheck.documents.accept import acceptor
from pcapcheck.documents.document import Document

REPOSITORY = Path(__file__).parents[2]
SCHEMAS = sorted(Path(schema.__file__).parent.glob("schemas/*.json"))
TOPOLOGY = json.loads((Path(schema.__file__).parent / "schemas" / "topology.schema.json").read_text())
JUDGE = jsonschema.Draft202012Validator(TOPOLOGY)
ACCEPTS = acceptor(TOPOLOGY)
SOUND = {
    "cluster": {"pod_cidr": "10.0.0.0/8", "parameters": {"vni": 1, "vnis": [1, 2]}},
    "nodes": {
        "n": {"addresses": ["10.0.0.1"], "interfaces": {"e": {"kind": "uplink", "mac": "52:54:00:00:00:01"}}}
    },
    "captures": {"a": {"node": "n"}, "b": [{"pod": "p"}]},
}
VALUES = [None, True, 0, 1.0, -1, 70000, "x", "", [], ["x"], ["x", "x"], {}, {"kind": "uplink"}, {"x": 1}]
ODD = st.sampled_from(VALUES)
SHIPPED = {
    "rules": "rules/*.yaml",
    "diagnosis": "rules/diagnoses/*.yaml",
    "topology": "samples/*/topology.yaml",
}


def paths(data, before=()):
    yield before
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from paths(value, (*before, key))


def changed(original, path, value, name):
    """Return data with another value at a path; with a name: with a key more in the mapping there."""
    data = copy.deepcopy({"root": original})
    *above, last = ("root", *path)
    part = data
    for key in above:
        part = part[key]
    if name and isinstance(part[last], dict):
        part[last][name] = value
    else:
        part[last] = value
    return data["root"]


def variations(name, count):
    """Return some shipped files of one kind as they are, then with one part replaced or added."""
    chance = random.Random(name)
    files = sorted(REPOSITORY.glob(SHIPPED[name]), key=lambda file: file.stat().st_size)[:12]
    shipped = [Document.load(file).data for file in files]
    originals = [chance.choice(shipped) for _ in range(count)]
    places = [chance.choice(list(paths(original))) for original in originals]
    keys = sorted({key for path in places for key in path if isinstance(key, str)})
    return shipped + [
        changed(original, path, chance.choice([*VALUES, *keys]), chance.choice(["", *keys]))
        for original, path in zip(originals, places, strict=True)
    ]


@given(
    st.sampled_from(list(paths(SOUND))), ODD, st.sampled_from(["", "mtu", "vni", "mode", "external", "odd"])
)
def test_decides_as_jsonschema_does(path, value, name):
    data = changed(SOUND, path, value, name)
    assert ACCEPTS(data) == JUDGE.is_valid(data)


@pytest.mark.parametrize("name", SHIPPED)
def test_decides_on_variations_of_shipped_files_as_jsonschema_does(name):
    rules = json.loads((Path(schema.__file__).parent / "schemas" / f"{name}.schema.json").read_text())
    accepts, judge = acceptor(rules), jsonschema.Draft202012Validator(rules)
    documents = variations(name, 40)
    verdicts = [accepts(each) for each in documents]
    assert verdicts == [judge.is_valid(each) for each in documents]
    assert 10 < verdicts.count(False) < len(verdicts) - 10  # neither all fit nor none


@pytest.mark.parametrize(
    ("part", "fitting", "others"),
    [
        ({"enum": [1, "a"]}, [1, "a"], [True, 2]),
        ({"const": False}, [False], [0, None]),
        ({"type": "integer"}, [1, 1.0], [1.5, True, "1"]),
        ({"type": ["string", "null"]}, ["a", None], [1]),
        ({"minLength": 2, "minItems": 1, "minProperties": 1}, ["ab", [1], {"a": 1}, 5], ["a", [], {}]),
        ({"maxItems": 1, "maxProperties": 1}, [[1], {"a": 1}], [[1, 2], {"a": 1, "b": 2}]),
        ({"uniqueItems": True}, [["a", "b"], "aa"], [["a", "a"]]),
        ({"exclusiveMinimum": 0}, [1, "x"], [0, -1]),
        ({"propertyNames": {"pattern": "^a"}}, [{"a": 1}, 5], [{"b": 1}]),
        (
            {"patternProperties": {"^a": {"type": "integer"}}, "additionalProperties": False},
            [{"a": 1}],
            [{"a": "x"}, {"b": 1}],
        ),
        ({"allOf": [{"type": "integer"}, {"minimum": 2}]}, [2], [1, "x"]),
        ({"properties": {"a": False}}, [{"b": 1}], [{"a": 1}]),
        ({"$ref": "#/$defs/list", "$defs": {"list": {"items": {"$ref": "#/$defs/list"}}}}, [[[]], 5], []),
    ],
    ids=lambda value: str(value)[:40],
)
def test_keyword_asks_what_the_standard_says(part, fitting, others):
    accepts, judge = acceptor(part), jsonschema.Draft202012Validator(part)
    assert [accepts(each) for each in fitting + others] == [judge.is_valid(each) for each in fitting + others]
    assert [accepts(each) for each in fitting + others] == [True] * len(fitting) + [False] * len(others)


def test_keyword_that_is_not_known_leaves_the_decision_to_jsonschema():
    assert acceptor({"if": {}, "then": {}})(1) is False


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.name)
def test_schema_of_ours_is_a_schema(file):
    jsonschema.Draft202012Validator.check_schema(json.loads(file.read_text()))


@pytest.mark.skipif(not shared.CAPTURES.is_dir(), reason=shared.REASON)
@pytest.mark.parametrize("scenario", shared.scenarios())
def test_shared_topology_is_accepted_without_jsonschema(scenario):
    assert ACCEPTS(yaml.safe_load((shared.CAPTURES / scenario / "topology.yaml").read_text()))
