"""HTML elements; text is escaped unless it is markup already."""

from typing import TypeAlias

from pcapcheck.report.escape import html

Child: TypeAlias = "str | Markup | None"

VOID_ELEMENTS = frozenset({"meta", "input", "br", "hr"})  # HTML, 13.1.2: void elements


class Markup(str):
    """Text that is HTML. Only the functions of this module make it."""

    __slots__ = ()


def tag(name: str, /, *children: Child, **attributes: str | bool) -> Markup:
    """Return an element.

    Args:
        name: of the element.
        children: markup, or text that is escaped; None is left out.
        attributes: `class_` is class, `data_lost` is data-lost; False is left out.
    """
    listed = "".join(
        f" {_name(key)}" if value is True else f' {_name(key)}="{html(str(value))}"'
        for key, value in attributes.items()
        if value is not False
    )
    end = "" if name in VOID_ELEMENTS else f"{join(*children)}</{name}>"
    return Markup(f"<{name}{listed}>{end}")


def join(*children: Child) -> Markup:
    """Return the parts one after the other as markup; text is escaped."""
    return Markup(
        "".join(each if isinstance(each, Markup) else html(each) for each in children if each is not None)
    )


def raw(text: str) -> Markup:
    """Return text as markup without escaping it: only for HTML, styles and scripts of our own."""
    return Markup(text)


def paragraphs(text: str, class_: str = "") -> Markup:
    """Return a paragraph for each line of a text."""
    lines = [line for line in text.strip().split("\n") if line.strip()]
    return join(*(tag("p", line, class_=class_ or False) for line in lines))


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
