"""A scope for matchers and rules that says what a test tells it."""

from dataclasses import dataclass, field


@dataclass
class Around:
    """What surrounds a packet: values of variables, of the hop before, and of the packet's other fields."""

    variables: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)
    fields: dict = field(default_factory=dict)
    routed: tuple | None = None

    def variable(self, path, field):
        return self.variables.get(path)

    def previous(self, field):
        return self.before.get(field)

    def field(self, name):
        return self.fields.get(name)

    def text(self, field, value):
        return str(value)


NOWHERE = Around()
