"""Print `name==version` for each lower bound that pyproject.toml declares: what `pip install -c` takes.

python -m venv /tmp/lowest
python tests/lowest.py > /tmp/lowest.txt
/tmp/lowest/bin/pip install -c /tmp/lowest.txt '.[test]'
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
BOUND = re.compile(r"([\w.-]+)(?:\[[\w,-]+\])?>=([\d.]+)")


def lower_bounds(text: str) -> Iterator[str]:
    """Yield `name==version` for each requirement of the project and of its extras that has a lower bound."""
    project = tomllib.loads(text)["project"]
    extras = project.get("optional-dependencies", {}).values()
    requirements = [*project["dependencies"], *(each for extra in extras for each in extra)]
    matches = [BOUND.fullmatch(each) for each in requirements]
    yield from dict.fromkeys(f"{match[1]}=={match[2]}" for match in matches if match)


if __name__ == "__main__":
    sys.stdout.write("".join(f"{each}\n" for each in lower_bounds(PYPROJECT.read_text(encoding="utf-8"))))
