"""The manifest of requirements, both ways: each promise has tests that exist, each test file belongs to a promise."""

import ast
import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("packages/*/tests", "runbooks/*/tests", "tests")


def manifest() -> tuple[Any, ...]:
    spec = importlib.util.spec_from_file_location("requirements_manifest", ROOT / "tests" / "requirements.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found: tuple[Any, ...] = module.REQUIREMENTS
    return found


REQUIREMENTS = manifest()
SHOWN = [requirement for requirement in REQUIREMENTS if requirement.tests]


def files_of(pattern: str) -> set[Path]:
    return set(ROOT.glob(pattern.partition("::")[0]))


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
    assert all(requirement.source and requirement.text for requirement in REQUIREMENTS)


def test_each_promise_has_tests_or_the_reason_why_it_has_none_yet() -> None:
    assert [item.id for item in REQUIREMENTS if bool(item.tests) == bool(item.deferred)] == []


@pytest.mark.parametrize("requirement", SHOWN, ids=lambda item: item.id)
def test_the_tests_of_a_promise_exist(requirement: Any) -> None:
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
