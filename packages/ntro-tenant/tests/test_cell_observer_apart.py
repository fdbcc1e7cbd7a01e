"""The observer is apart: what it may import and write is read from its code."""

import ast
import re
from pathlib import Path

import pytest

import ntro_tenant.observer

FOLDER = Path(ntro_tenant.observer.__file__).parent
OWN = sorted(FOLDER.glob("*.py"))
SQL = [FOLDER.parent / "db" / name for name in ("observer_repository.py", "remarks_repository.py")]
ALLOWED = {
    "ntro.capabilities.ai",
    "ntro.types.canonical",
    "ntro_tenant.core.recording.json_values",
    "ntro_tenant.core.recording.log",
    "ntro_tenant.db",
    "ntro_tenant.db.remarks_repository",
}


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_it_knows_neither_the_engine_nor_anything_that_runs_read(path: Path):
    ours = {name for name in imported(path) if name.startswith("ntro")}
    assert {name for name in ours if not name.startswith("ntro_tenant.observer")} <= ALLOWED
    assert not any(name.startswith(("temporalio", "httpx2")) for name in imported(path))


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.name)
def test_its_sql_writes_its_own_place_and_nothing_else(path: Path):
    strings = [
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    writing = [text for text in strings if re.match(r"\s*(insert|update|delete|truncate|alter|drop|create)\b", text)]
    assert writing
    assert all(re.match(r"update system\.observer set", text) for text in writing)
