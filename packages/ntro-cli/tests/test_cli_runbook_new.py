"""`ntro runbook new`: a folder that is valid at once, from a slug or from a definition."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ntro_cli.errors import ExitCode

Cli = Callable[..., Any]
NAV = Path(__file__).parents[3] / "runbooks/nav-monthly/runbook.md"


def test_a_new_runbook_is_valid_and_its_scenarios_pass(cli: Cli, tmp_path: Path):
    done = cli("runbook", "new", "monthly-fees", "--path", str(tmp_path), "-o", "json")
    assert done.code == ExitCode.OK
    folder = tmp_path / "monthly-fees"
    assert done.document["folder"] == str(folder)
    assert {Path(file).relative_to(folder).as_posix() for file in done.document["files"]} == {
        "runbook.md",
        "templates/__init__.py",
        "templates/workflow.py",
        "templates/activities.py",
        "templates/models.py",
        "tests/input.json",
        "tests/scenarios.py",
        "tests/test_monthly_fees.py",
    }
    assert cli("runbook", "validate", str(folder), "-o", "json").document == {"ok": True, "errors": [], "warnings": []}
    results = cli("workflow", "test", str(folder), "--json").document
    assert [item["status"] for item in results] == ["completed"] * 4


def test_a_definition_gives_the_steps(cli: Cli, tmp_path: Path):
    done = cli("runbook", "new", "close", "--from", str(NAV), "--path", str(tmp_path))
    assert done.code == ExitCode.OK
    assert str(tmp_path / "close" / "templates" / "workflow.py") in done.stdout.splitlines()
    assert 'name="sign_off"' in (tmp_path / "close/templates/workflow.py").read_text(encoding="utf-8")


def test_by_itself_it_is_made_below_runbooks(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert cli("runbook", "new", "close").code == ExitCode.OK
    assert (tmp_path / "runbooks/close/runbook.md").is_file()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("Close",), "invalid_slug"),
        (("close", "--from", "absent.md"), "usage"),
        (("close", "--from", "empty.md"), "frontmatter_missing"),
        (("taken",), "folder_not_empty"),
    ],
)
def test_what_cannot_be_made_is_a_mistake_of_the_call(
    words: tuple[str, ...], code: str, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "runbooks/taken").mkdir(parents=True)
    (tmp_path / "runbooks/taken/notes.txt").write_text("mine")
    done = cli("runbook", "new", *words, "-o", "json")
    assert (done.code, done.document["error"]["code"]) == (ExitCode.USAGE, code)
    assert not (tmp_path / "runbooks/close").exists()
