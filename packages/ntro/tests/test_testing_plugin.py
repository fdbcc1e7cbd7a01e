"""The pytest plug-in: `ntro_runbook` is the runbook in whose folder a test lies, and its runs are shown on failure."""

import subprocess
import sys
from pathlib import Path

import pytest

from ntro.runbook import scaffold_runbook, write_scaffold

PLUGIN = "ntro.testing.plugin"
FAILING = """
async def test_it_is_rejected_by_mistake(ntro_runbook):
    result = await ntro_runbook.run("happy")
    assert result.result.status == "rejected"
"""
MARKED = """
import pytest

from ntro.testing import Scenario


@pytest.mark.ntro_runbook(path="../fees", children=["../rents"])
def test_a_marker_names_the_folders(ntro_runbook):
    assert ntro_runbook.folder.name == "fees"
    assert [child.name for child in ntro_runbook.children] == ["rents"]
    assert "reject_review" in ntro_runbook.scenarios
    result = ntro_runbook.run_sync(Scenario(name="own", review_overrides={"review": "rejected"}))
    assert (result.result.rejected_at, ntro_runbook.runs) == ("review", [result])
"""
ELSEWHERE = "def test_nothing_is_above_it(ntro_runbook):\n    raise AssertionError\n"


@pytest.fixture
def fees(tmp_path: Path) -> Path:
    """A new runbook."""
    write_scaffold(scaffold_runbook("fees"), tmp_path / "fees")
    return tmp_path / "fees"


def run_pytest(folder: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        PLUGIN,
        "-p",
        "no:cacheprovider",
        "--strict-markers",
        *more,
        folder,
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=170, check=False)


def test_the_tests_of_a_new_runbook_pass(fees: Path):
    done = run_pytest(fees / "tests")
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def test_a_failing_test_is_shown_with_its_runs(fees: Path):
    (fees / "tests/test_fees.py").write_text(FAILING)
    done = run_pytest(fees / "tests", "-o", "asyncio_mode=auto")
    assert done.returncode == 1
    shown = done.stdout.partition("runs of the runbook")[2]
    assert "submit_file" in shown
    assert "review" in shown


def test_a_marker_names_the_runbook_and_what_it_dispatches(fees: Path):
    write_scaffold(scaffold_runbook("rents"), fees.parent / "rents")
    (fees.parent / "checks").mkdir()
    (fees.parent / "checks/test_marked.py").write_text(MARKED)
    done = run_pytest(fees.parent / "checks")
    assert done.returncode == 0, done.stdout


def test_a_test_outside_of_any_runbook_says_how_to_name_one(tmp_path: Path):
    (tmp_path / "test_elsewhere.py").write_text(ELSEWHERE)
    done = run_pytest(tmp_path)
    assert done.returncode == 1
    assert "ntro_runbook" in done.stdout


def test_loading_the_plug_in_loads_no_engine():
    script = f"import sys, {PLUGIN}; sys.exit('temporalio' in sys.modules or 'pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0
