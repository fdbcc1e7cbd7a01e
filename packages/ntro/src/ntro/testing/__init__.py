"""Runs runbooks in memory: a harness that answers gates by a scenario, mocks made from annotations, reports."""

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
