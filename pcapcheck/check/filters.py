"""The filter language of `-Y`: matchers in one line, `inner.ip.dst=10.244.0.0/16 udp.dstport=8472,4789`.

A filter gives the same matchers as `when:` of a rule. A text that begins with `{` is a YAML flow mapping of
matchers.
"""

import re
from typing import Any, Final

from pcapcheck.check.matchers import Earlier, Matcher, Variable
from pcapcheck.check.rulereader import read
from pcapcheck.check.words import check_field, check_matcher
from pcapcheck.documents.cursor import Cursor
from pcapcheck.documents.document import Document
from pcapcheck.documents.events import Place
from pcapcheck.errors import InputError

OPTION: Final = "--filter"
_TERM: Final = re.compile(r"\s*(?P<field>[\w.#-]+)\s*(?P<sign>!?==?)\s*(?P<value>\{[^}]*\}|[^\s=!]+)(?=\s|$)")
_TRUTHS: Final[dict[str, bool | str]] = {"true": True, "false": False}
_EXAMPLE: Final = "write `field=value`, e.g. `inner.ip.dst=10.244.0.0/16 form=vxlan`"


def parse_filter(text: str) -> dict[str, Matcher]:
    """Return the matchers of a filter: field -> matcher, all of which must hold.

    Raises:
        InputError: the text is no filter, or names what does not exist.
    """
    if text.lstrip().startswith("{"):
        return _flow_mapping(text)
    matchers: dict[str, Matcher] = {}
    at = 0
    while text[at:].strip():
        term = _TERM.match(text, at)
        if term is None:
            start = len(text) - len(text[at:].lstrip())
            raise _place(text, start).error("this is not `field=value`", _EXAMPLE)
        _add(matchers, term["field"], _data(term["value"], term["sign"]), text, term)
        at = term.end()
    if not matchers:
        raise _place(text, 0).error("the filter is empty", _EXAMPLE)
    return matchers


def _add(matchers: dict[str, Matcher], field: str, data: Any, text: str, term: re.Match[str]) -> None:
    name_place, value_place = _place(text, term.start("field")), _place(text, term.start("value"))
    if field in matchers:
        raise name_place.error(f"`{field}` is here twice", f"write `{field}=one,other` for any of them")
    matchers[field] = _checked(field, data, name_place, value_place)


def _checked(field: str, data: Any, name_place: Place, value_place: Place) -> Matcher:
    wrong = check_field(field)
    if wrong:
        raise name_place.error(*wrong)
    matcher = read(field, data, value_place)
    if any(isinstance(part, Variable | Earlier) for part in matcher.walk()):
        fix = "give a value; variables and hops are for rules"
        raise value_place.error("a filter looks at one packet only", fix)
    wrong = check_matcher(field, matcher, ())
    if wrong:
        raise value_place.error(*wrong)
    return matcher


def _data(value: str, sign: str) -> Any:
    """Return what YAML would give: a word, or a list if there are commas outside of braces."""
    if value.startswith("{") and value.endswith("}") and ":" in value:
        data: Any = Document.parse(value, OPTION).data
    else:
        words = [_TRUTHS.get(word, word) for word in ([value] if "{" in value else value.split(","))]
        data = words if len(words) > 1 else words[0]
    return {"not": data} if sign.startswith("!") else data


def _flow_mapping(text: str) -> dict[str, Matcher]:
    document = Document.parse(text, OPTION)
    top = Cursor.top(document)
    matchers = {field: _checked(field, part.data, part.key_place, part.place) for field, part in top.items()}
    if not matchers:
        raise InputError(OPTION, "the filter is empty", _EXAMPLE)
    return matchers


def _place(text: str, column: int) -> Place:
    return Place(OPTION, 1, column + 1, text)
