"""The authoring loop: scaffold, validate, rehearse, plan, deploy."""

from pathlib import Path
from typing import Any

import pytest

from ntro_mcp.authoring import rehearsal

ROOT = Path(__file__).parents[3]
DEFINITION = """---
slug: capital-call
name: Capital call
version: 0.1.0
steps:
  - {id: upload, label: Upload the notice, component: FILE_UPLOAD}
  - {id: compute, label: Compute the call, component: LOADING}
  - {id: sign, label: Sign the call, component: APPROVAL}
---
Calls capital from investors.
"""
ENDLESS = """
from ntro.workflow import NtroWorkflow, runbook


@runbook.defn
class LoopWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, context: dict) -> dict:
        while True:
            await runbook.sleep(1)
"""


async def test_a_runbook_is_made_from_a_definition_validated_and_rehearsed(world: Any, tmp_path: Path) -> None:
    async with world.agent() as agent:
        made = await agent.call("ntro_runbook_scaffold", slug="capital-call", path=str(tmp_path), definition=DEFINITION)
        valid = await agent.call("ntro_runbook_validate", path=made["folder"])
        tried = await agent.call("ntro_runbook_test", path=made["folder"])
        again = await agent.fail("ntro_runbook_scaffold", slug="capital-call", path=str(tmp_path))
    assert "templates/workflow.py" in made["paths"]
    assert (valid["ok"], valid["errors"]) == (True, [])
    assert (tried["ok"], tried["failed"], tried["passed"] >= 2) == (True, 0, True)
    assert again["code"] == "FOLDER_NOT_EMPTY"


async def test_without_a_folder_the_files_come_in_the_answer_and_can_be_planned(world: Any) -> None:
    async with world.agent() as agent:
        made = await agent.call("ntro_runbook_scaffold", slug="capital-call", definition=DEFINITION)
        files = {path: text for path, text in made["files"].items() if not path.startswith("tests/")}
        plan = await agent.call("ntro_runbook_plan", files=files, tenant_id=world.tenant)
    assert made["folder"] is None
    assert (plan["slug"], plan["knownVersion"], sorted(files)) == ("capital-call", None, plan["added"])


async def test_a_plan_names_the_workflows_that_would_follow(world: Any) -> None:
    async with world.agent() as agent:
        plan = await agent.call(
            "ntro_runbook_plan", path=str(ROOT / "runbooks" / "nav-monthly"), tenant_id=world.tenant
        )
    assert world.workflow in plan["following"]


async def test_a_deployment_that_nobody_has_taken_yet_is_pending_and_says_when_to_ask_again(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ntro_workspace.runbooks.api.DEPLOY_WAIT_SECONDS", 0.5)
    async with world.agent() as agent:
        made = await agent.call("ntro_runbook_scaffold", slug="capital-call", definition=DEFINITION)
        sent = await agent.call("ntro_runbook_deploy", files=made["files"], tenant_id=world.tenant)
    assert (sent["state"], sent["version"], sent["pollAfterMs"] > 0) == ("pending", "0.1.0", True)


async def test_what_is_wrong_with_a_runbook_is_told_by_code_and_place(world: Any, tmp_path: Path) -> None:
    async with world.agent() as agent:
        empty = await agent.call("ntro_runbook_validate", path=str(tmp_path))
        nowhere = await agent.fail("ntro_runbook_validate", path=str(tmp_path / "nowhere"))
        neither = await agent.fail("ntro_runbook_plan", tenant_id=world.tenant)
        no_bundle = await agent.fail("ntro_runbook_deploy", files={"a.txt": ""}, tenant_id=world.tenant)
        no_test = await agent.fail("ntro_runbook_test", path=str(tmp_path))
    assert (empty["ok"], empty["errors"][0]["code"]) == (False, "RUNBOOK_MD_MISSING")
    assert (nowhere["code"], neither["code"]) == ("no_such_folder", "usage")
    assert (no_bundle["code"], no_test["code"]) == ("RUNBOOK_MD_MISSING", "WORKFLOW_PY_MISSING")


async def test_an_unknown_scenario_is_an_error_with_those_that_there_are(world: Any) -> None:
    folder = str(ROOT / "runbooks" / "document-ingest")
    async with world.agent() as agent:
        refused = await agent.fail("ntro_runbook_test", path=folder, scenarios=["nothing"])
    assert (refused["code"], bool(refused["hint"])) == ("scenario", True)


async def test_a_rehearsal_sees_nothing_of_this_process_and_ends_in_its_time(
    world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "loop"
    (folder / "templates").mkdir(parents=True)
    (folder / "templates" / "activities.py").write_text("")
    (folder / "templates" / "workflow.py").write_text(f"import os\nassert 'NTRO_HOME' not in os.environ\n{ENDLESS}")
    monkeypatch.setattr(rehearsal, "SECONDS", 3)
    async with world.agent() as agent:
        ended = await agent.fail("ntro_runbook_test", path=str(folder), timeout_s=40)
        (folder / "templates" / "workflow.py").write_text("import os\nos._exit(3)\n")
        died = await agent.fail("ntro_runbook_test", path=str(folder))
    assert (ended["code"], died["code"]) == ("rehearsal_failed", "rehearsal_failed")
