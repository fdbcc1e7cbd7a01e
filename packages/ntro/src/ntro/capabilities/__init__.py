"""What runbooks can do beyond plain Python: read documents, ask a model, write reports, reach ledgers and people.

Each capability is a module, loaded when it is first named: `from ntro.capabilities import ai, files, storage`. They do
input and output, so they are for activities; workflow code calls the activities.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ntro.capabilities import (
        ai,
        bureaus,
        checks,
        config,
        documents,
        email,
        excel,
        extraction,
        files,
        gl,
        notify,
        pdf,
        reports,
        storage,
        trace,
    )

__all__ = [
    "ai",
    "bureaus",
    "checks",
    "config",
    "documents",
    "email",
    "excel",
    "extraction",
    "files",
    "gl",
    "notify",
    "pdf",
    "reports",
    "storage",
    "trace",
]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
