"""The Python files of a bundle, as text and as a tree."""

import ast
from dataclasses import dataclass
from pathlib import Path

from ntro.runbook.issues import ValidationIssue

MAX_FILE_BYTES = 1024 * 1024
REQUIRED = {"workflow": "WORKFLOW_PY_MISSING", "activities": "ACTIVITIES_PY_MISSING"}
_UNREADABLE = {"activities": "ACTIVITIES_PY_IMPORT_ERROR", "models": "MODELS_PY_IMPORT_ERROR"}


@dataclass(frozen=True, slots=True)
class Source:
    """A module of the templates. `name` is dotted below them, `path` as people see it."""

    name: str
    path: str
    text: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """The place of a node, for a report."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def read_sources(folder: Path) -> tuple[list[Source], list[ValidationIssue]]:
    """Every module below `templates/`, and what is missing or cannot be read as Python."""
    templates = folder / "templates"
    issues = [
        ValidationIssue(code, f"There is no templates/{name}.py.", f"templates/{name}.py")
        for name, code in REQUIRED.items()
        if not (templates / f"{name}.py").is_file()
    ]
    sources = []
    for path in sorted(templates.rglob("*.py")):
        read = _read(path, templates)
        if isinstance(read, Source):
            sources.append(read)
        else:
            issues.append(read)
    return sources, issues


def _read(path: Path, templates: Path) -> Source | ValidationIssue:
    below = path.relative_to(templates)
    name = ".".join(below.with_suffix("").parts)
    shown = f"templates/{below.as_posix()}"
    code = _UNREADABLE.get(name, "WORKFLOW_PY_IMPORT_ERROR")
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return ValidationIssue(code, f"{shown} is larger than {MAX_FILE_BYTES} bytes.", shown)
        text = path.read_text(encoding="utf-8")
        return Source(name, shown, text, ast.parse(text, filename=shown))
    except SyntaxError as error:
        return ValidationIssue(code, f"{shown} is no Python: {error.msg}.", f"{shown}:{error.lineno or 1}")
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        return ValidationIssue(code, f"{shown} cannot be read as Python: {error}.", shown)
