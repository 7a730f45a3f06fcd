"""Write sample folders: `python samples/make.py [NAME…]`, all of them without a name.

Each folder has a make.py with one `SAMPLE`; this script imports it and writes the captures, topology.yaml
and truth.json beside it. Equal sources give equal bytes.
"""

import importlib.util
import sys
from pathlib import Path

from sample import Sample

SAMPLES = Path(__file__).parent


def names() -> list[str]:
    return sorted(script.parent.name for script in SAMPLES.glob("*/make.py"))


def load(name: str) -> Sample:
    """Return the sample of a folder."""
    script = SAMPLES / name / "make.py"
    spec = importlib.util.spec_from_file_location(f"make_{name.replace('-', '_')}", script)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sample: Sample = module.SAMPLE
    return sample


if __name__ == "__main__":
    for wanted in sys.argv[1:] or names():
        load(wanted).write(SAMPLES / wanted)
