"""What a runbook may import: `ntro.*`, the standard library, pydantic, `temporalio.workflow`, itself and its pins."""

import ast
import sys
from collections.abc import Iterator

from ntro.runbook._pins import Pins
from ntro.runbook._sources import Source
from ntro.runbook.issues import ValidationIssue

CODE = "IMPORT_NOT_ALLOWED"
DISCOURAGED = "IMPORT_OF_ENGINE"
# What published runbooks take from the engine beside its workflow module; `ntro.workflow` has the same.
_ENGINE = frozenset({"activity", "common", "exceptions"})
_ALLOWED = "a runbook imports ntro.*, the standard library, pydantic, temporalio.workflow and its own pins"


def forbidden_imports(source: Source, pins: Pins) -> Iterator[ValidationIssue]:
    """An issue for each import that is not allowed."""
    for node in ast.walk(source.tree):
        for name in _imported(node):
            if why := _refusal(name, pins):
                yield ValidationIssue(CODE, f"{name} is imported: {why}.", source.at(node))


def engine_imports(source: Source) -> Iterator[ValidationIssue]:
    """An issue for each import of the engine that works and that `ntro.workflow` makes unnecessary."""
    for node in ast.walk(source.tree):
        for name in _imported(node):
            top, *below = name.split(".")
            if top == "temporalio" and below[:1] and below[0] in _ENGINE:
                message = f"{name} is imported: it works, and ntro.workflow has runbook, activity and the exceptions."
                yield ValidationIssue(DISCOURAGED, message, source.at(node))


def _imported(node: ast.AST) -> list[str]:
    """Absolute names that a statement imports; modules and, from packages, what may be a module."""
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom(module=str(module), level=0):
            return [f"{module}.{alias.name}" for alias in node.names]
        case _:
            return []


def _refusal(name: str, pins: Pins) -> str:
    top, *below = name.split(".")
    if top == "temporalio":
        return "" if below[:1] and below[0] in {"workflow", *_ENGINE} else _ALLOWED
    if top == "ntro":
        return "what begins with an underscore is private to ntro" if any(_is_private(part) for part in below) else ""
    if top in {"pydantic", "pydantic_core"} or top in sys.stdlib_module_names or pins.bring(top):
        return ""
    return _ALLOWED


def _is_private(part: str) -> bool:
    return part.startswith("_") and not part.startswith("__")
