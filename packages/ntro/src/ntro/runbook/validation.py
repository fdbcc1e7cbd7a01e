"""Whether a runbook is fit to be deployed. What can be seen without running its code is looked at first."""

from pathlib import Path
from typing import Any

from ntro.runbook._description import described
from ntro.runbook._determinism import CODE as UNREPEATABLE
from ntro.runbook._determinism import unrepeatable
from ntro.runbook._imports import engine_imports, forbidden_imports
from ntro.runbook._names import SUPPLIED, undefined_names
from ntro.runbook._pins import read_pins
from ntro.runbook._sources import read_sources
from ntro.runbook._trial import Trial, try_import
from ntro.runbook.issues import ValidationIssue, ValidationReport

__all__ = ["ValidationIssue", "ValidationReport", "validate_runbook"]


def validate_runbook(path: str | Path) -> ValidationReport:
    """Look at the bundle in the folder `path`.

    Codes of errors: `RUNBOOK_DIR_NOT_FOUND`, `RUNBOOK_DIR_NOT_A_DIR`, `RUNBOOK_MD_MISSING`, `FRONTMATTER_PARSE_ERROR`,
    `FRONTMATTER_MISSING`, `FRONTMATTER_NOT_MAPPING`, `FRONTMATTER_FIELD_MISSING`, `WORKFLOW_PY_MISSING`,
    `WORKFLOW_PY_IMPORT_ERROR`, `WORKFLOW_CLASS_NOT_FOUND`, `WORKFLOW_DEFN_MISSING`, `ACTIVITIES_PY_MISSING`,
    `ACTIVITIES_PY_IMPORT_ERROR`, `MODELS_PY_IMPORT_ERROR`; beyond those `IMPORT_NOT_ALLOWED`, `UNDEFINED_NAME`,
    `WORKFLOW_NOT_DETERMINISTIC`. Warnings: `TEMPLATE_MISSING`, `STEP_NOT_DECLARED`, `STEP_NOT_DESCRIBED`,
    `PIN_NOT_INSTALLED`, `IMPORT_OF_ENGINE`, `WORKFLOW_NOT_IMPORTED`, and `WORKFLOW_NOT_DETERMINISTIC` in `models.py`,
    whose models may be made in activities alone.

    The code is imported, in a process of its own with limits, only where nothing is wrong with it as text.
    A bad runbook is a report, never an exception.
    """
    folder = Path(path)
    if not folder.exists():
        return _report([ValidationIssue("RUNBOOK_DIR_NOT_FOUND", f"{folder} does not exist.")])
    if not folder.is_dir():
        return _report([ValidationIssue("RUNBOOK_DIR_NOT_A_DIR", f"{folder} is no folder.")])
    fields, issues, warnings = described(folder)
    sources, found = read_sources(folder)
    pins = read_pins(folder)
    issues += found
    for source in sources:
        issues += forbidden_imports(source, pins)
        warnings += engine_imports(source)
        issues += undefined_names(source)
    issues += unrepeatable(sources)
    warnings += [issue for issue in issues if _is_tolerated(issue)]
    issues = [issue for issue in issues if not _is_tolerated(issue)]
    if issues:
        return _report(issues, warnings)
    trial = try_import(folder, slug=str(fields["slug"]), pins=pins)
    steps = [] if trial.steps is None else _undescribed(fields, trial)
    return _report(list(trial.errors), [*warnings, *trial.warnings, *steps])


def _is_tolerated(issue: ValidationIssue) -> bool:
    """Whether runbooks that work may have it."""
    in_models = (issue.path or "").startswith("templates/models.py")
    return issue.code == SUPPLIED or (issue.code == UNREPEATABLE and in_models)


def _report(errors: list[ValidationIssue], warnings: list[ValidationIssue] | None = None) -> ValidationReport:
    return ValidationReport(ok=not errors, errors=tuple(errors), warnings=tuple(warnings or ()))


def _undescribed(fields: dict[str, Any], trial: Trial) -> list[ValidationIssue]:
    """Steps that only the front matter or only the class has."""
    given = fields.get("steps")
    items = given if isinstance(given, list) else []
    described_ids = [str(item.get("id")) for item in items if isinstance(item, dict)]
    declared = list(trial.steps or ())
    return [
        *(
            ValidationIssue(
                "STEP_NOT_DECLARED", f"The step {step} is described, but the class has no such step.", "runbook.md"
            )
            for step in described_ids
            if step not in declared
        ),
        *(
            ValidationIssue("STEP_NOT_DESCRIBED", f"The class has a step {step}, which is not described.", "runbook.md")
            for step in declared
            if step not in described_ids
        ),
    ]
