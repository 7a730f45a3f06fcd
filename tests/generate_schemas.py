"""Write the names of tunnels into the schema of rule files: `PYTHONPATH=. python tests/generate_schemas.py`.

It is committed, because editors of rule files read it; tests/decode/test_tunnels.py compares it to the table.
"""

import json
import re
from pathlib import Path

import pcapcheck
from pcapcheck.decode.tunnels import TUNNELS

SCHEMA = Path(pcapcheck.__file__).parent / "documents" / "schemas" / "rules.schema.json"
ARRAY = re.compile(r'\[\s*"[^"]*"(?:\s*,\s*"[^"]*")*\s*\]')  # of texts
NO_TUNNEL = ("plain", "none")  # the words beside tunnels that a list may begin with


def lists_of_tunnels(text):
    """Return every list of tunnels in the text of a schema, as it is and as it should be."""
    names = [each.name for each in TUNNELS]
    return [(array, old, _meant(old, names)) for array in ARRAY.findall(text) if (old := _tunnels(array))]


def generated(text):
    """Return the text of a schema with every list of tunnels as the table has it."""
    for array, old, new in lists_of_tunnels(text):
        if old != new:
            between = re.search(r",(\s*)", array)[1]
            words = f",{between}".join(map(json.dumps, new))
            edges = re.match(r"\[(\s*)", array)[1], re.search(r"(\s*)\]$", array)[1]
            text = text.replace(array, f"[{edges[0]}{words}{edges[1]}]")
    return text


def _tunnels(array):
    """Return the words of a list that names tunnels, else an empty list."""
    words = json.loads(array)
    return words if {"vxlan", "ipip"} <= set(words) else []


def _meant(words, names):
    return [*(word for word in words[:1] if word in NO_TUNNEL), *names]


if __name__ == "__main__":
    SCHEMA.write_text(generated(SCHEMA.read_text(encoding="utf-8")), encoding="utf-8")
