"""Runbook bundles: how they lie on disk, what their front matter says, whether they are fit to be deployed."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ntro.runbook.scaffold import ScaffoldError, scaffold_runbook, write_scaffold
    from ntro.runbook.validation import ValidationIssue, ValidationReport, validate_runbook

__all__ = [
    "ScaffoldError",
    "ValidationIssue",
    "ValidationReport",
    "scaffold_runbook",
    "validate_runbook",
    "write_scaffold",
]

_HOMES = {"ScaffoldError": "scaffold", "scaffold_runbook": "scaffold", "write_scaffold": "scaffold"}


def __getattr__(name: str) -> Any:
    # Workers and tests load bundles without validating them, and validation brings a parser of YAML.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'validation')}"), name)
