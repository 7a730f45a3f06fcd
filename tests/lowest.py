"""Print the lowest version of each requirement that pyproject.toml allows, as requirements for pip.

python -m venv /tmp/lowest
python tests/lowest.py > /tmp/lowest.txt
/tmp/lowest/bin/pip install -r /tmp/lowest.txt .
/tmp/lowest/bin/python -m pytest

The linters are pinned and not printed: they need newer versions of what the package itself needs.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
BOUND = re.compile(r"([\w.-]+(?:\[[\w,-]+\])?)>=([\d.]+)")


def lowest(text: str) -> Iterator[str]:
    """Yield `name==version` for each requirement of the project and its extras that has a lower bound."""
    project = tomllib.loads(text)["project"]
    extras = project["optional-dependencies"].values()
    requirements = [*project["dependencies"], *(each for extra in extras for each in extra)]
    bounds = [BOUND.fullmatch(each) for each in requirements]
    yield from dict.fromkeys(f"{bound[1]}=={bound[2]}" for bound in bounds if bound)


if __name__ == "__main__":
    sys.stdout.write("".join(f"{each}\n" for each in lowest(PYPROJECT.read_text(encoding="utf-8"))))
