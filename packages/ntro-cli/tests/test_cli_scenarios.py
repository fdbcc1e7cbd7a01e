"""`ntro workflow test` as a process: one document, one server, the documented report, a clean end."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ntro.testing import report
from ntro.testing.results import RunResult, StepEvent
from ntro_cli.commands import scenarios
from ntro_cli.errors import ExitCode

Cli = Callable[..., Any]
RUNBOOKS = Path(__file__).parents[3] / "runbooks"
INGEST = str(RUNBOOKS / "document-ingest")
NTRO = Path(sys.executable).with_name("ntro")


def ntro(*words: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    given = {"capture_output": True, "text": True, "timeout": 120} | options
    done: subprocess.CompletedProcess[str] = subprocess.run([NTRO, *words], check=False, **given)
    return done


@pytest.mark.parametrize("_round", range(3))
def test_a_process_writes_one_document_and_ends_cleanly(_round: int):
    done = ntro("workflow", "test", INGEST, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert [item["status"] for item in json.loads(done.stdout)] == ["completed"] * 3


def test_a_reader_that_leaves_early_is_no_error():
    read, write = os.pipe()
    os.close(read)
    try:
        done = ntro(
            "workflow", "test", INGEST, "-s", "happy", capture_output=False, stdout=write, stderr=subprocess.PIPE
        )
    finally:
        os.close(write)
    assert done.stderr == ""


def test_a_runbook_that_fails_ends_the_process_with_one(tmp_path: Path):
    done = ntro("workflow", "test", str(RUNBOOKS / "nav-monthly"), "-s", "happy", "--timeout", "2")
    assert done.returncode == ExitCode.FAILED
    assert "✗  happy" in done.stdout


def test_a_server_that_is_not_installed_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ntro.testing.server.server_binary", lambda: None)
    done = cli("workflow", "test", INGEST, "-o", "json")
    assert (done.code, done.document["error"]["code"]) == (ExitCode.FAILED, "no_server")


def test_all_scenarios_of_a_call_have_one_server(cli: Cli, monkeypatch: pytest.MonkeyPatch):
    from ntro.testing import server

    started = []

    class Counted(server.ServerProcess):
        def _start(self) -> None:
            started.append(self)
            super()._start()

    monkeypatch.setattr(server, "ServerProcess", Counted)
    assert cli("workflow", "test", INGEST, "-s", "happy", "-s", "reject_all").code == ExitCode.OK
    assert len(started) == 1


def test_modules_are_loaded_without_collection_and_it_is_on_again_afterwards():
    import gc

    with scenarios.uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.unfreeze()


def test_the_report_is_a_paragraph_for_each_scenario():
    run = "7a820232-0000-4000-8000-000000000000"
    events = [
        StepEvent("submit_file", run, {"step_id": "await", "source": "invoice", "signal": "submit"}, 0.08),
        StepEvent("drill_down", run, {"step_id": "await", "child": f"{run}:await:high-yield:x"}, 0.1),
        StepEvent("review", f"{run}:await:high-yield:x", {"step_id": "check", "action": "approved"}, 0.18),
        StepEvent("done", run, {}, 0.42),
    ]
    passed = RunResult("happy", run, "completed", None, None, events, 0.42, slug="document-ingest")
    failed = RunResult("reject_all", run, "failed", None, "ValueError: no", [], 0.1, slug="document-ingest")
    assert [line.split() for line in report.human([passed, failed]).splitlines()] == [
        ["✓", "happy", "(0.42s)"],
        ["[", "0.08s]", "submit_file", "di-7a820232", "signal=submit,", "source=invoice,", "step=await"],
        ["[", "0.10s]", "drill_down", "di-7a820232", "child=hy-7a820232:x,", "step=await"],
        ["[", "0.18s]", "review", "hy-7a820232:x", "response=approved,", "step=check"],
        ["[", "0.42s]", "done", "di-7a820232"],
        ["✗", "reject_all", "(0.10s)"],
        ["ValueError:", "no"],
        ["summary:", "1", "passed,", "1", "failed", "(of", "2)"],
    ]
