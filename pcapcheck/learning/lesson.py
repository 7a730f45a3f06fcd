"""Lesson: something that all packets of some kind had in common."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learnt of one field.

    Attributes:
        at: roles of the hops.
        side: source, destination, or "" for both.
        form: how the packets travel there; "" is any.
        who, where: the traffic kinds.
        field: Wireshark's name, `form` or `stack`.
        expected: the values it had, as a rule file writes them; a variable begins with a dollar sign.
        packets, flows: how many had them; all that were seen.
        when: a further condition on the stack; "" is none.
    """

    at: tuple[str, ...]
    side: str
    form: str
    who: tuple[str, ...]
    where: tuple[str, ...]
    field: str
    expected: tuple[str, ...]
    packets: int
    flows: int
    when: str = ""
