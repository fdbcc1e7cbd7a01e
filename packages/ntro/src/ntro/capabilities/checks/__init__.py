"""Quality checks: what is known of a figure before a person looks at it.

A gate takes `checks_spec`; each check runs as the activity `run_quality_check` and its outcome is shown at the gate and
kept in the step's snapshot. Checks advise: no gate waits for them.
"""

from ntro.capabilities.checks._activity import run_quality_check
from ntro.capabilities.checks.evaluators import Evaluator, Finding, register_evaluator, register_type
from ntro.capabilities.checks.models import (
    CheckStatus,
    QualityCheckItem,
    QualityCheckSpec,
    QualityChecksResult,
    worst_of,
)

__all__ = [
    "CheckStatus",
    "Evaluator",
    "Finding",
    "QualityCheckItem",
    "QualityCheckSpec",
    "QualityChecksResult",
    "register_evaluator",
    "register_type",
    "run_quality_check",
    "worst_of",
]
