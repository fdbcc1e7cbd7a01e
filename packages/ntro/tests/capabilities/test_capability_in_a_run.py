"""Capabilities in a run: parsed, extracted, written; an answer is asked for again, and not for ever."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError

from ntro.capabilities import ai, excel, files, storage
from ntro.capabilities.trace import HttpReasoningTraceSink
from ntro.workflow import NtroWorkflow, activity, run_local, runbook

ROLL = "Unit;Rent\n1A;£1,000.10\n2B;£950.00\n"
ANSWER = {"fields": {"gross_rent": "£1,950.10"}, "line_items": [{"unit": "1A", "monthly_rent": "£1,000.10"}]}


@activity.defn(name="capability_run.read")
async def read_roll(target: str) -> dict[str, Any]:
    grid = await files.parse(content=ROLL.encode(), format="csv")
    ai.use_config({"tenant_slug": "acme", "ai": {"provider": "ANTHROPIC", "models": {"default": "claude-test"}}})
    found = await ai.extract(
        content=grid.plain_text,
        schema_slug="rent-roll-zenko",
        structured_context={"cell_grid": grid.cells},
        trace=HttpReasoningTraceSink(task_id=activity.info().workflow_id or "", activity_name="read"),
    )
    await storage.write(path="extractions/roll.json", content=found.model_dump_json())
    await excel.generate(data=found.line_items, output_path=target)
    return found.model_dump(mode="json")


@runbook.defn
class CapabilityRunWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, target: str) -> dict[str, Any]:
        found: dict[str, Any] = await runbook.execute_activity(
            read_roll, target, start_to_close_timeout=timedelta(minutes=2)
        )
        return found


@pytest.fixture
def place(configure: Any, models: Any, httpserver: Any, tmp_path: Path) -> Path:
    configure(
        anthropic_api_key="sk",
        anthropic_base_url=models.url,
        tenant_api_url=f"{models.url}/cell/v1",
        artifacts_dir=str(tmp_path / "artifacts"),
    )
    httpserver.expect_request("/cell/v1/tasks/capability-run/events").respond_with_json({}, status=201)
    return tmp_path


async def test_a_document_becomes_figures_a_file_and_a_sheet_after_one_bad_answer(
    place: Path, models: Any, httpserver: Any, reply_message: Callable[..., Any]
):
    models.says(reply_message("Let me think."), reply_message(json.dumps(ANSWER)))
    found = await asyncio.wait_for(
        run_local(
            CapabilityRunWorkflow, str(place / "roll.xlsx"), workflow_id="capability-run", activities=[read_roll]
        ),
        60,
    )
    assert found["fields"] == {"gross_rent": "£1,950.10"}
    assert found["line_items"][0]["id"] == "line-1"
    assert found["raw_response"]["model"] == "claude-test"
    assert len(models.requests) == 2
    assert json.loads(await storage.read(path="extractions/roll.json"))["fields"] == found["fields"]
    assert (place / "roll.xlsx").stat().st_size > 0
    shown = [request.get_json() for request, _ in httpserver.log if request.path.startswith("/cell/")]
    assert [event["type"] for event in shown].count("reasoning.end") == 2
    assert {event["seq"] // 1_000_000 for event in shown} == {1, 2}


async def test_a_model_that_never_answers_as_asked_fails_the_run_after_three_paid_answers(
    place: Path, models: Any, reply_message: Callable[..., Any]
):
    models.says(reply_message("I would rather not."))
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(
            run_local(
                CapabilityRunWorkflow, str(place / "roll.xlsx"), workflow_id="capability-run", activities=[read_roll]
            ),
            60,
        )
    assert len(models.requests) == 3
    assert await storage.list_files() == []
