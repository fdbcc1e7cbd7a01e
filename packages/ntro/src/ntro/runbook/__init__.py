"""Runbook bundles: how they lie on disk, what their front matter says, whether they are fit to be deployed."""

from ntro.runbook.validation import ValidationIssue, ValidationReport, validate_runbook

__all__ = ["ValidationIssue", "ValidationReport", "validate_runbook"]
