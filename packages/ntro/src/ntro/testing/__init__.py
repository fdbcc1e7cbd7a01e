"""Runs runbooks in memory: a harness that answers gates by a scenario, mocks made from annotations, reports.

Names load on first use, so that the in-memory server can be starting before the engine's client is loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ntro.testing import report
    from ntro.testing.auto_mock import MockUnavailable, generate_fake
    from ntro.testing.harness import WorkflowHarness
    from ntro.testing.loading import load_runbook, load_runbook_with_children
    from ntro.testing.results import RunResult, StepEvent
    from ntro.testing.scenarios import BUILT_IN_SCENARIOS, HAPPY, REJECT_ALL, Scenario

__all__ = [
    "BUILT_IN_SCENARIOS",
    "HAPPY",
    "REJECT_ALL",
    "MockUnavailable",
    "RunResult",
    "Scenario",
    "StepEvent",
    "WorkflowHarness",
    "generate_fake",
    "load_runbook",
    "load_runbook_with_children",
    "report",
]

_HOMES = {
    "BUILT_IN_SCENARIOS": "scenarios",
    "HAPPY": "scenarios",
    "REJECT_ALL": "scenarios",
    "MockUnavailable": "auto_mock",
    "RunResult": "results",
    "Scenario": "scenarios",
    "StepEvent": "results",
    "WorkflowHarness": "harness",
    "generate_fake": "auto_mock",
    "load_runbook": "loading",
    "load_runbook_with_children": "loading",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name not in _HOMES:
        return import_module(f"{__name__}.{name}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
