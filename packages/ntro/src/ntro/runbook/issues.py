"""What validation finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ValidationIssue:
    """One thing that is wrong. `code` is for machines; `path` is inside the bundle, with a line where there is one."""

    code: str
    message: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """The outcome: `ok` without errors; warnings do not keep a bundle from being deployed."""

    ok: bool
    errors: tuple[ValidationIssue, ...]
    warnings: tuple[ValidationIssue, ...]
