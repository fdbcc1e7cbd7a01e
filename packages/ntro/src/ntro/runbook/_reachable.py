"""Which modules of a bundle are workflow code."""

import ast
from collections.abc import Iterator, Sequence

from ntro.runbook._sources import Source

_ACTIVITIES = "activities"


def workflow_modules(sources: Sequence[Source]) -> list[Source]:
    """`workflow` and what it imports of the bundle, directly or not; activities and what only they import are not."""
    by_name = {source.name: source for source in sources}
    found: dict[str, Source] = {}
    waiting = ["workflow"]
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in found and name != _ACTIVITIES:
            found[name] = by_name[name]
            waiting += _siblings(by_name[name])
    return [source for source in sources if source.name in found]


def _siblings(source: Source) -> Iterator[str]:
    """Modules of the bundle that a module may import by relative imports."""
    package = source.name.split(".")[:-1]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.level > 0:
            base = package[: len(package) - node.level + 1]
            below = [*base, *(node.module.split(".") if node.module else [])]
            yield ".".join(below)
            yield from (".".join([*below, alias.name]) for alias in node.names)
