"""The manifest of requirements, both ways: each promise has tests that exist, each test file belongs to a promise."""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("packages/*/tests", "runbooks/*/tests", "tests")
PAGES = ("architecture", "http contract", "sdk contract", "seed", "system")

sys.path.insert(0, str(ROOT / "tests"))
try:
    from requirements import REQUIREMENTS, Requirement
finally:
    sys.path.pop(0)

SHOWN = [requirement for requirement in REQUIREMENTS if requirement.tests]


def files_of(pattern: str) -> set[Path]:
    return set(ROOT.glob(pattern.partition("::")[0]))


@cache
def functions_of(path: Path) -> set[str]:
    """Names of the test functions of a file, of classes too."""
    tree = ast.parse(path.read_text())
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def test_ids_are_unique_and_each_promise_says_where_it_is_made() -> None:
    ids = [requirement.id for requirement in REQUIREMENTS]
    assert len(ids) == len(set(ids))
    pages = {page.strip() for item in REQUIREMENTS for page in item.source.split(";")}
    assert [page for page in pages if not page.startswith(PAGES) or "/" in page] == []
    assert [item.id for item in REQUIREMENTS if not item.text.endswith(".")] == []


def test_each_promise_has_tests_or_the_reason_why_it_has_none_yet() -> None:
    assert [item.id for item in REQUIREMENTS if bool(item.tests) == bool(item.deferred)] == []


@pytest.mark.parametrize("requirement", SHOWN, ids=lambda item: item.id)
def test_the_tests_of_a_promise_exist(requirement: Requirement) -> None:
    for pattern in requirement.tests:
        found = files_of(pattern)
        assert found, pattern
        name = pattern.partition("::")[2]
        for path in found:
            assert functions_of(path) >= ({name} if name else set())
            assert functions_of(path), path


def test_each_test_file_belongs_to_a_promise() -> None:
    named = {path for requirement in SHOWN for pattern in requirement.tests for path in files_of(pattern)}
    written = {path for folder in FOLDERS for path in ROOT.glob(f"{folder}/**/test_*.py")}
    assert sorted(str(path.relative_to(ROOT)) for path in written - named) == []
