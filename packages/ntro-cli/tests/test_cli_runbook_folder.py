"""`ntro runbook validate` and `ntro workflow test`: a runbook in its folder, without server and config."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ntro_cli.errors import ExitCode

Cli = Callable[..., Any]
RUNBOOKS = Path(__file__).parents[3] / "runbooks"
INGEST, NAV = str(RUNBOOKS / "document-ingest"), str(RUNBOOKS / "nav-monthly")


@pytest.mark.parametrize("folder", [INGEST, NAV])
def test_a_valid_runbook_is_said_to_be_one(folder: str, cli: Cli):
    done = cli("runbook", "validate", folder, "-o", "json")
    assert (done.code, done.document) == (ExitCode.OK, {"ok": True, "errors": [], "warnings": []})


def test_an_invalid_runbook_ends_with_one_and_each_error_has_code_and_place(cli: Cli, tmp_path: Path):
    folder = tmp_path / "document-ingest"
    shutil.copytree(INGEST, folder)
    (folder / "templates" / "extra.py").write_text("import asyncpg\n")
    done = cli("runbook", "validate", str(folder), "-o", "json")
    assert done.code == ExitCode.FAILED
    [error] = done.document["errors"]
    assert (error["code"], error["path"]) == ("IMPORT_NOT_ALLOWED", "templates/extra.py:1")
    assert "IMPORT_NOT_ALLOWED\ttemplates/extra.py:1" in cli("runbook", "validate", str(folder)).stdout


@pytest.mark.parametrize("command", [("runbook", "validate"), ("workflow", "test")])
def test_a_folder_that_is_not_there_is_a_mistake_of_the_call(command: tuple[str, str], cli: Cli, tmp_path: Path):
    assert cli(*command, str(tmp_path / "absent")).code == ExitCode.USAGE


def test_scenarios_of_a_runbook_run_in_memory_with_its_children(cli: Cli):
    done = cli("workflow", "test", NAV, "--child", INGEST, "-s", "happy", "-s", "reject_sign_off", "-o", "json")
    assert done.code == ExitCode.OK
    assert [item["scenario"] for item in done.document] == ["happy", "reject_sign_off"]
    assert [item["result"]["status"] for item in done.document] == ["signed_off", "rejected"]


def test_without_a_name_all_scenarios_run(cli: Cli):
    done = cli("workflow", "test", INGEST, "--json")
    assert {"happy", "reject_all"} < {item["scenario"] for item in done.document}


def test_an_input_of_ones_own_counts_and_one_that_does_not_fit_is_named(cli: Cli):
    given = '{"tenant_slug": "a", "entity_slug": "b", "period": "2026-03", "review": "when_issues"}'
    done = cli("workflow", "test", INGEST, "-s", "happy", "--input", given, "-o", "json")
    assert [event["kind"] for event in done.document[0]["events"]] == ["submit_file", "done"]
    wrong = cli("workflow", "test", INGEST, "--input", '{"period": "2026-13"}', "-o", "json")
    assert (wrong.code, wrong.document["error"]["code"]) == (ExitCode.FAILED, "invalid_input")


def test_an_unknown_scenario_is_a_mistake_of_the_call(cli: Cli):
    assert cli("workflow", "test", INGEST, "-s", "nobody").code == ExitCode.USAGE


def test_a_run_that_fails_ends_with_one(cli: Cli):
    done = cli("workflow", "test", NAV, "-s", "happy", "--timeout", "2", "-o", "json")
    assert done.code == ExitCode.FAILED
    assert done.document[0]["status"] == "failed"
