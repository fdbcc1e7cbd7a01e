"""Names that a module uses and never defines: the error would wait until a run gets there."""

import ast
import builtins
import symtable
from collections.abc import Iterator

from ntro.runbook._sources import Source
from ntro.runbook.issues import ValidationIssue

CODE = "UNDEFINED_NAME"
SUPPLIED = "WORKFLOW_NOT_IMPORTED"
# A published runbook logs by `workflow.logger` without importing it; the loader supplies the engine's module.
ENGINE_NAME = "workflow"
_OF_MODULES = frozenset(
    {"__name__", "__file__", "__doc__", "__package__", "__spec__", "__path__", "__loader__", "__annotations__"}
)
_KNOWN = frozenset(dir(builtins)) | _OF_MODULES


def undefined_names(source: Source) -> Iterator[ValidationIssue]:
    """An issue for each name, at its first use. A module that imports everything of another is not looked at.

    `workflow` is supplied to the workflow module when it is loaded: there its issue has a code of its own.
    """
    if any(
        alias.name == "*" for node in ast.walk(source.tree) for alias in getattr(node, "names", ()) if _is_alias(alias)
    ):
        return
    module = symtable.symtable(source.text, source.path, "exec")
    defined = {symbol.get_name() for symbol in module.get_symbols() if _is_defined(symbol)}
    defined |= {
        symbol.get_name() for table in _below(module) for symbol in table.get_symbols() if _assigns_global(symbol)
    }
    uses = _first_uses(source.tree)
    used = {name for table in (module, *_below(module)) for name in _globals_used(table, module)}
    for name in sorted(used - defined - _KNOWN, key=lambda name: (uses.get(name, 0), name)):
        where = f"{source.path}:{uses.get(name, 1)}"
        if (source.name, name) == ("workflow", ENGINE_NAME):
            yield ValidationIssue(
                SUPPLIED, "workflow is used and not imported: from temporalio import workflow.", where
            )
        else:
            yield ValidationIssue(CODE, f"The name {name} is used and never defined.", where)


def _is_alias(item: object) -> bool:
    return isinstance(item, ast.alias)


def _below(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _below(child)


def _is_defined(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _assigns_global(symbol: symtable.Symbol) -> bool:
    return symbol.is_declared_global() and symbol.is_assigned()


def _globals_used(table: symtable.SymbolTable, module: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (table is module or symbol.is_global()):
            yield symbol.get_name()


def _first_uses(tree: ast.Module) -> dict[str, int]:
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found[node.id] = min(found.get(node.id, node.lineno), node.lineno)
    return found
