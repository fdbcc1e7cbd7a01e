"""Rules of the source that no linter knows: sizes of files, money without floats, settings read in one place."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("packages", "runbooks", "examples", "benchmarks", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if ".venv" not in path.parts
)
MAX_LINES = 500
MONEY_ROOMS = ("ntro/money/", "ntro/accounting/", "ntro/types/", "ntro/capabilities/documents/")
# Where numbers are places on a page or seconds, not money.
GEOMETRY = (
    "documents/_extract/pdf.py",
    "documents/_isolation.py",
    "documents/_pdf.py",
    "documents/_pdf_tables.py",
)
# Where the environment may be read: the connection a person configured, the tools' own start, the test set-up.
ENVIRONMENT_READERS = (
    "ntro/workspace/config.py",
    "ntro/auth.py",
    "ntro/capabilities/config",
    "ntro_cli/",
    "ntro_tenant/ops/runbook_process.py",  # hands its environment on to a child, less what is secret
    "tests/",
    "conftest.py",
    "benchmarks/",
)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    long = {relative(path): lines for path in SOURCES if (lines := len(path.read_text().splitlines())) > MAX_LINES}
    assert long == {}


def test_where_money_lives_nothing_is_a_float_and_nothing_is_divided_with_a_slash() -> None:
    found = [
        f"{relative(path)}:{line} {what}"
        for path in SOURCES
        if any(room in relative(path) for room in MONEY_ROOMS)
        and "/tests/" not in relative(path)
        and not relative(path).endswith(GEOMETRY)
        for line, what in inexact(ast.parse(path.read_text()))
    ]
    assert found == []


def test_the_environment_is_read_only_where_settings_are_made() -> None:
    found = [
        f"{relative(path)}:{node.lineno}"
        for path in SOURCES
        if not any(reader in relative(path) for reader in ENVIRONMENT_READERS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    assert found == []


def test_every_suppression_names_its_code_and_its_reason() -> None:
    bare = [
        f"{relative(path)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if ("# type: ignore" in line and not reasoned(line, "# type: ignore"))
        or ("# noqa" in line and not reasoned(line, "# noqa"))
        or ("pragma: no cover" in line and not reasoned(line, "pragma: no cover"))
        if path != Path(__file__)
    ]
    assert bare == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc", "util", "helper"])
def test_no_room_is_named_for_nothing(name: str) -> None:
    assert [relative(path) for path in SOURCES if name in (*path.parts, path.stem)] == []


def inexact(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            yield node.lineno, "calls float"
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, "holds a float"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield node.lineno, "divides with /"


REASON = re.compile(r"^(\[[a-z0-9, -]+\]|: ?[A-Z0-9, ]+)\s*(#|-|—)\s*\S.{4,}")


def reasoned(line: str, marker: str) -> bool:
    rest = line.split(marker, 1)[1]
    return (
        bool(REASON.match(rest))
        if not marker.startswith("pragma")
        else any(mark in rest for mark in ("#", " - ", " — "))
    )
