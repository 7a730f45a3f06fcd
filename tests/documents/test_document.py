import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.documents.document import Document
from pcapcheck.errors import InputError

RULE = """rules:
  - id: flannel-vxlan/vni
    expect: {vxlan.vin: $vni}
"""


def refused(text: str) -> str:
    with pytest.raises(InputError) as error:
        Document.parse(text, "topology.yaml")
    return str(error.value)


def test_place_of_a_key_is_where_the_key_stands():
    place = Document.parse(RULE, "rules/x.yaml").key_place("rules", 0, "expect", "vxlan.vin")
    assert str(place) == "rules/x.yaml:3:14"


def test_place_of_a_value_is_where_the_value_stands():
    assert str(Document.parse(RULE, "x.yaml").place("rules", 0, "expect", "vxlan.vin")) == "x.yaml:3:25"


def test_place_of_what_is_absent_is_the_part_above_it():
    assert str(Document.parse(RULE, "x.yaml").place("rules", 0, "severity", "x")) == "x.yaml:2:5"


def test_error_shows_the_line_with_a_caret_under_the_column():
    place = Document.parse(RULE, "rules/x.yaml").key_place("rules", 0, "expect", "vxlan.vin")
    error = place.error("`vxlan.vin` is not a field of any protocol", "did you mean `vxlan.vni`?")
    assert str(error) == (
        "rules/x.yaml:3:14: `vxlan.vin` is not a field of any protocol\n"
        "        expect: {vxlan.vin: $vni}\n"
        "                 ^\n"
        "  fix: did you mean `vxlan.vni`?"
    )


def test_caret_of_a_long_line_stays_in_sight():
    place = Document.parse(f"a: {{{'k' * 300}: 1, b: 2}}").key_place("a", "b")
    lines = str(place.error("is wrong", "mend it")).split("\n")
    assert lines[1][len(lines[2]) - 1] == "b"
    assert len(lines[1]) <= 104


@pytest.mark.parametrize(
    "word", ["yes", "no", "on", "off", "52:54:00:12:34:56", "fd00::5", "1_000", "2026-01-31", ".inf", "1:30"]
)
def test_words_of_yaml_1_1_stay_text(word):
    assert Document.parse(f"a: {word}").data == {"a": word}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0x1F", 31),
        ("-7", -7),
        ("010", 10),
        ("1.5", 1.5),
        ("true", True),
        ("~", None),
        ("", None),
        ("'5'", "5"),
        ("!!str 5", "5"),
    ],
)
def test_scalars_follow_the_core_schema(text, value):
    assert Document.parse(f"a: {text}").data == {"a": value}


def test_keys_are_text_as_written():
    assert Document.parse("{80: a, on: b, 0x1: c}").data == {"80": "a", "on": "b", "0x1": "c"}


def test_an_alias_stands_for_its_anchor():
    assert Document.parse("a: &x [1, 2]\nb: *x").data == {"a": [1, 2], "b": [1, 2]}


def test_alias_bomb_is_refused():
    levels = "".join(f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]\n" for i in range(1, 12))
    assert "has more than" in refused("l0: &l0 [x]\n" + levels)


def test_alias_within_its_own_anchor_is_refused():
    assert "`*x` stands for nothing that is complete" in refused("a: &x [*x]")


@pytest.mark.parametrize("text", ["[" * 500 + "]" * 500, "[" * 100_000, "- " * 500 + "x", "{a: " * 2000])
def test_deep_nesting_is_refused(text):
    assert "deep" in refused(text) or "depth" in refused(text)


def test_duplicate_key_is_refused_with_the_line_of_the_first():
    assert "topology.yaml:3:1: `node1` is here twice; line 1 has it too" in refused(
        "node1: 1\nb: 2\nnode1: 3"
    )


def test_merge_key_is_refused():
    assert "merge keys" in refused("a: &x {b: 1}\nc: {<<: *x}")


@pytest.mark.parametrize("text", ["? [a]\n: b", "? {a: 1}\n: b", "a: &x [1]\n*x : 2"])
def test_key_that_is_no_text_is_refused(text):
    assert "where a key belongs" in refused(text)


def test_tag_that_could_build_an_object_is_refused():
    assert "is not supported" in refused("a: !!python/object/apply:os.system ['true']")


def test_second_document_is_refused():
    assert "a second document" in refused("a: 1\n---\nb: 2")


def test_syntax_error_has_its_place():
    assert "topology.yaml:2:" in refused("a: [1,\nb: }")


@pytest.mark.parametrize("text", ["a: \x00", "a: \ud800", "a: \x1b[0m"])
def test_characters_that_yaml_forbids_are_refused(text):
    assert "is not YAML" in refused(text)


def test_empty_file_is_nothing():
    assert Document.parse("").data is None


def test_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        Document.load(tmp_path / "absent.yaml")


def test_folder_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        Document.load(tmp_path)


def test_invalid_utf_8_is_an_input_error_with_its_line(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(InputError, match=r"a\.yaml:2: is not UTF-8"):
        Document.load(tmp_path / "a.yaml")


def test_byte_order_mark_is_ignored(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1")
    assert Document.load(tmp_path / "a.yaml").data == {"a": 1}


def test_huge_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("pcapcheck.documents.document.LARGEST", 10)
    (tmp_path / "a.yaml").write_bytes(b"a: 1\n" * 10)
    with pytest.raises(InputError, match="is larger than"):
        Document.load(tmp_path / "a.yaml")


@given(st.text(alphabet="ab:-[]{}&*!?|>'\"#%@,. \n\t0x~<\x85\u2028é", max_size=60))
def test_any_text_gives_a_document_or_an_input_error(text):
    try:
        assert isinstance(Document.parse(text), Document)
    except InputError:
        return
