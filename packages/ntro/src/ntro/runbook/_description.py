"""What `runbook.md` says of a bundle."""

from pathlib import Path
from typing import Any

from ntro.runbook.frontmatter import FrontMatterError, read_frontmatter
from ntro.runbook.issues import ValidationIssue

NAME = "runbook.md"
REQUIRED = ("slug", "name", "version", "state", "author")


def described(folder: Path) -> tuple[dict[str, Any], list[ValidationIssue], list[ValidationIssue]]:
    """The front matter's fields, its errors, its warnings."""
    try:
        fields = read_frontmatter(folder / NAME).fields
    except FrontMatterError as error:
        return {}, [ValidationIssue(error.code, str(error), NAME)], []
    except OSError as error:
        return {}, [ValidationIssue("RUNBOOK_MD_MISSING", f"{NAME} cannot be read: {error.strerror}.", NAME)], []
    missing = [name for name in REQUIRED if not _said(fields.get(name))]
    errors = [
        ValidationIssue("FRONTMATTER_FIELD_MISSING", f"The front matter has no {name}.", NAME) for name in missing
    ]
    return fields, errors, _missing_templates(folder, fields)


def _said(value: Any) -> bool:
    return value is not None and bool(str(value).strip())


def _missing_templates(folder: Path, fields: dict[str, Any]) -> list[ValidationIssue]:
    listed = fields.get("templates")
    paths = [item.get("path") for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return [
        ValidationIssue("TEMPLATE_MISSING", f"The front matter lists {path}, which is not there.", NAME)
        for path in paths
        if not isinstance(path, str) or not (folder / path).is_file()
    ]
