"""pcapcheck: which hop of a Kubernetes network broke which promise, and why.

import pcapcheck
result = pcapcheck.check("captures/")
print(result.verdict, *(diagnosis.title for diagnosis in result.diagnoses))
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pcapcheck.api import InputError, Result, Topology, check, fields, flows, load_topology

__version__ = "0.1.0"
__all__ = ["InputError", "Result", "Topology", "check", "fields", "flows", "load_topology"]


def __getattr__(name: str) -> Any:
    """Import the API when somebody asks for it (PEP 562), so that `--version` stays fast."""
    if name not in __all__:
        raise AttributeError(f"module `pcapcheck` has no attribute `{name}`")
    return getattr(import_module("pcapcheck.api"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
