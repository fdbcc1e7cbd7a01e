"""Workflow code gives the same commands each time it is run: what would break that is found in its text.

Looked at are `workflow.py` and every module of the bundle that it imports, except activities, which may do anything.
"""

import ast
from collections.abc import Iterator, Sequence

from ntro.runbook._reachable import workflow_modules
from ntro.runbook._sources import Source
from ntro.runbook.issues import ValidationIssue

CODE = "WORKFLOW_NOT_DETERMINISTIC"
_INPUT_OUTPUT = "workflow code does no input or output; do it in an activity"
_CLOCK = "workflow code has no clock; use runbook.now()"
_CHANCE = "replay would get another value; use runbook.uuid4() or runbook.random()"
_SETTINGS = "workflow code reads no environment and no locale; take it from the context"
_ORDER = "the order of a set differs from process to process; sort it"
_LOOP = "its order or thread is not repeated; use asyncio.gather or an activity"

_MODULES = {
    **dict.fromkeys(("random", "secrets"), _CHANCE),
    **dict.fromkeys(("os", "locale", "platform"), _SETTINGS),
    **dict.fromkeys(("socket", "subprocess", "urllib.request", "http.client", "sqlite3", "tempfile"), _INPUT_OUTPUT),
    **dict.fromkeys(("threading", "multiprocessing", "concurrent"), _LOOP),
    "time": _CLOCK,
    **dict.fromkeys(("ntro.data", "ntro.workspace"), _INPUT_OUTPUT),
    "ntro.capabilities.config": _SETTINGS,
}
_CALLS = {
    **dict.fromkeys(("datetime.now", "datetime.utcnow", "datetime.today", "date.today"), _CLOCK),
    **dict.fromkeys(("uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4", "hash", "id"), _CHANCE),
    **dict.fromkeys(("open", "input"), _INPUT_OUTPUT),
    **dict.fromkeys(("asyncio.wait", "asyncio.as_completed", "asyncio.to_thread", "asyncio.run"), _LOOP),
}
_SETS = frozenset({"set", "frozenset"})
_IN_ORDER = frozenset({"list", "tuple", "enumerate", "iter", "next", "zip", "map", "filter"})


def unrepeatable(sources: Sequence[Source]) -> Iterator[ValidationIssue]:
    """An issue for each place in workflow code."""
    for source in workflow_modules(sources):
        for node in ast.walk(source.tree):
            for what, why in _wrong(node):
                yield ValidationIssue(CODE, f"{what}: {why}.", source.at(node))


def _wrong(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Import() | ast.ImportFrom(level=0):
            yield from _imports(node)
        case ast.Call():
            yield from _calls(node)
        case ast.For(iter=over) | ast.AsyncFor(iter=over) | ast.comprehension(iter=over) if _is_set(over):
            yield "a set is gone through", _ORDER
        case _:
            return


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.ImportFrom):
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        names = [alias.name for alias in node.names]
    for name in names:
        for module, why in _MODULES.items():
            if name == module or name.startswith(f"{module}."):
                yield f"{name} is imported", why


def _calls(node: ast.Call) -> Iterator[tuple[str, str]]:
    name = ".".join(_dotted(node.func)[-2:])
    if why := _CALLS.get(name):
        yield f"{name} is called", why
    takes_in_order = name in _IN_ORDER or (isinstance(node.func, ast.Attribute) and node.func.attr == "join")
    if takes_in_order and any(_is_set(argument) for argument in node.args):
        yield "a set is gone through", _ORDER


def _dotted(node: ast.expr) -> list[str]:
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=value, attr=name):
            return [*_dotted(value), name]
        case _:
            return [""]


def _is_set(node: ast.expr) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _SETS
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor(), right=right):
            return _is_set(left) or _is_set(right)
        case _:
            return False
