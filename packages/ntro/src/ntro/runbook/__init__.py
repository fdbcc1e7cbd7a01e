"""Runbook bundles: how they lie on disk, what their front matter says, whether they are fit to be deployed."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ntro.runbook.validation import ValidationIssue, ValidationReport, validate_runbook

__all__ = ["ValidationIssue", "ValidationReport", "validate_runbook"]


def __getattr__(name: str) -> Any:
    # Workers and tests load bundles without validating them, and validation brings a parser of YAML.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ntro.runbook import validation  # noqa: PLC0415 - as above

    return getattr(validation, name)
