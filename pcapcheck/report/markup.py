"""HTML elements, in which every text is escaped unless it is markup already."""

from typing import TypeAlias

from pcapcheck.report.escape import html

Child: TypeAlias = "str | Markup | None"

VOID_ELEMENTS = frozenset({"meta", "input", "br", "hr"})  # HTML, 13.1.2: void elements


class Markup(str):
    """Text that is HTML. Only `tag` and `join` make it."""

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
    """Return markup of parts that follow each other; text is escaped."""
    return Markup(
        "".join(each if isinstance(each, Markup) else html(each) for each in children if each is not None)
    )


def raw(text: str) -> Markup:
    """Return text of ours that is HTML, a style or a script."""
    return Markup(text)


def paragraphs(text: str, class_: str = "") -> Markup:
    """Return text that has line breaks of its own."""
    lines = [line for line in text.strip().split("\n") if line.strip()]
    return join(*(tag("p", line, class_=class_ or False) for line in lines))


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
