"""pcapcheck: which hop of a Kubernetes network broke which promise, and why.

import pcapcheck
result = pcapcheck.check("captures/")
print(result.verdict, *(diagnosis.title for diagnosis in result.diagnoses))
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pcapcheck.api import (
        InputError,
        Result,
        Topology,
        check,
        diff,
        fields,
        flows,
        infer_topology,
        load_topology,
    )

__version__ = "0.1.0"
__all__ = [
    "InputError",
    "Result",
    "Topology",
    "check",
    "diff",
    "fields",
    "flows",
    "infer_topology",
    "load_topology",
]


class _Package(ModuleType):
    """The package: it imports the API when somebody asks for it, so that `--version` stays fast.

    `check` is a function of the API and the name of a room: importing the room would hide the function.
    """

    def __getattr__(self, name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module `pcapcheck` has no attribute `{name}`")
        return getattr(import_module("pcapcheck.api"), name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})

    @property
    def check(self) -> Any:
        """See `api.check`."""
        return import_module("pcapcheck.api").check

    @check.setter
    def check(self, room: ModuleType) -> None:
        """Leave the room where the import system finds it, in `sys.modules`."""


sys.modules[__name__].__class__ = _Package
