import yaml

from pcapcheck.documents.events import Builder, Place


def build(text: str) -> Builder:
    builder = Builder(text, "a.yaml")
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        builder.add(event)
    return builder


def test_events_become_plain_data():
    assert build("a: [1, {b: x}]").root == {"a": [1, {"b": "x"}]}


def test_marks_tell_key_and_value_apart():
    builder = build("a:\n  bb: c")
    assert builder.marks[id(builder.root["a"])] == {"bb": ((1, 2), (1, 6))}


def test_place_counts_from_one_and_keeps_the_line():
    assert Place.within("a.yaml", "x: 1\ny: 2", (1, 3)) == Place("a.yaml", 2, 4, "y: 2")


def test_lines_are_counted_as_yaml_counts_them():
    assert build("a: 1\r\nb: 2\u2028c: 3").place((2, 0)).excerpt == "c: 3"


def test_aliases_count_as_what_they_stand_for():
    assert build("a: &x [1, 2]\nb: [*x, *x]").values == 1 + 1 + 2 + 1 + 3 + 3
