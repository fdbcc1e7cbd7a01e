"""The workflow surface of the SDK: what every runbook subclasses and calls.

Names load on first use, so importing this package loads neither the engine, an HTTP client nor a database driver.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ntro.workflow import registry, steps

if TYPE_CHECKING:
    from ntro.workflow._base import NtroWorkflow
    from ntro.workflow._facade import activity, runbook
    from ntro.workflow.decorators import UIComponent, ui_step
    from ntro.workflow.exceptions import WorkflowError
    from ntro.workflow.registry import get_registered, list_registered_slugs, register_workflow
    from ntro.workflow.runtime import get_runtime, run_local, set_runtime
    from ntro.workflow.task import PreviousTaskHandle, find_committed_document, previous
    from ntro.workflow.user_action import UserAction

_HOMES = {
    "NtroWorkflow": "ntro.workflow._base",
    "ui_step": "ntro.workflow.decorators",
    "UIComponent": "ntro.workflow.decorators",
    "runbook": "ntro.workflow._facade",
    "activity": "ntro.workflow._facade",
    "WorkflowError": "ntro.workflow.exceptions",
    "UserAction": "ntro.workflow.user_action",
    "set_runtime": "ntro.workflow.runtime",
    "get_runtime": "ntro.workflow.runtime",
    "run_local": "ntro.workflow.runtime",
    "PreviousTaskHandle": "ntro.workflow.task",
    "find_committed_document": "ntro.workflow.task",
    "previous": "ntro.workflow.task",
    "register_workflow": "ntro.workflow.registry",
    "get_registered": "ntro.workflow.registry",
    "list_registered_slugs": "ntro.workflow.registry",
    "IngestOutcome": "ntro.ingest",
    "IngestProgressSnapshot": "ntro.ingest",
    "IngestIssueSummary": "ntro.ingest",
}
_LAZY_MODULES = ("agents", "history", "task")

__all__ = [
    "IngestIssueSummary",
    "IngestOutcome",
    "IngestProgressSnapshot",
    "NtroWorkflow",
    "PreviousTaskHandle",
    "UIComponent",
    "UserAction",
    "WorkflowError",
    "activity",
    "find_committed_document",
    "get_registered",
    "get_runtime",
    "list_registered_slugs",
    "previous",
    "register_workflow",
    "registry",
    "run_local",
    "runbook",
    "set_runtime",
    "steps",
    "ui_step",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY_MODULES:
        return import_module(f"{__name__}.{name}")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_LAZY_MODULES})
