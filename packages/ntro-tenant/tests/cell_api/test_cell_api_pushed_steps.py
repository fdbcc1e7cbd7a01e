"""An agent outside the engine reports its steps on a task, by the SDK's own push interface."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from ntro.auth import AuthConfig
from ntro.workflow._push import Push
from ntro.workflow.steps import Step, plan, transition
from ntro.workspace.errors import NtroError


@pytest.fixture
async def task(books: Any) -> UUID:
    found: UUID = await books.task()
    return found


@pytest.fixture
async def push(app: FastAPI, token: Callable[..., str], task: UUID) -> AsyncIterator[Push]:
    config = AuthConfig(api_key=token("accountant"), api_url="http://cell.test/v1", task_id=str(task))
    connection = Push(config, connect=httpx2.ASGITransport(app), look_again_s=0.01)
    yield connection
    await connection.aclose()


async def events(anna: httpx2.AsyncClient, task: UUID) -> list[tuple[str, dict[str, Any]]]:
    return [(row["type"], row["payload"]["payload"]) for row in (await anna.get(f"/tasks/{task}/events")).json()]


async def answer(anna: httpx2.AsyncClient, task: UUID, result: dict[str, Any]) -> dict[str, Any]:
    """Wait for a request, answer it, return what was asked."""
    async with asyncio.timeout(20):
        # The request appears in the cell's log, which has nothing in this process to wait on.
        while not (asked := [said for kind, said in await events(anna, task) if kind == "requires_input"]):  # noqa: ASYNC110 - it asks a server
            await asyncio.sleep(0.01)
    said = {"request_id": asked[-1]["request_id"], "result": result}
    posted = await anna.post(f"/tasks/{task}/events", json={"type": "input_resolved", "payload": said})
    assert posted.status_code == 201
    return asked[-1]


async def test_a_plan_and_its_steps_are_reported_in_order(anna: httpx2.AsyncClient, push: Push, task: UUID):
    await plan([Step("draft", "Draft", "FileText"), Step("send", "Send")], push=push)
    async with transition("draft", push=push) as step:
        step.progress("reading")
        step.progress("writing")
        step.complete({"pages": 3})
    with pytest.raises(LookupError):
        async with transition("send", push=push):
            raise LookupError("no address")
    reported = await events(anna, task)
    assert [kind for kind, _ in reported] == [
        "plan_declared",
        "step_started",
        "reasoning.delta",
        "reasoning.delta",
        "step_completed",
        "step_started",
        "step_failed",
    ]
    assert [step["id"] for step in reported[0][1]["steps"]] == ["draft", "send"]
    assert [said["chunk"] for kind, said in reported if kind == "reasoning.delta"] == ["reading", "writing"]
    assert reported[4][1] == {"step_id": "draft", "payload": {"pages": 3}}
    assert reported[6][1] == {"step_id": "send", "error": "LookupError: no address"}


async def test_requests_are_answered_by_whoever_resolves_them(anna: httpx2.AsyncClient, push: Push, task: UUID):
    decision = {"action": "approved", "reason": "fine", "actedBy": "anna"}
    async with transition("draft", push=push) as step:
        asking = asyncio.create_task(step.request_approval(payload={"nav": "1.00"}, title="Handover", timeout_s=20))
        asked = await answer(anna, task, decision)
        assert await asking == decision
        assert asked["pending_action"]["payload"] == {"nav": "1.00"}
        assert asked["pending_action"]["display_hint"] == {
            "component": "APPROVAL_FORM",
            "config": {"title": "Handover"},
        }


async def test_a_request_that_nobody_answers_fails_its_step(anna: httpx2.AsyncClient, push: Push, task: UUID):
    with pytest.raises(TimeoutError):
        async with transition("draft", push=push) as step:
            await step.request_file(source="invoice", schema="invoice", accept=[".pdf"], timeout_s=0.05)
    assert [kind for kind, _ in await events(anna, task)] == ["step_started", "requires_input", "step_failed"]


async def test_a_task_that_is_not_there_takes_no_report(app: FastAPI, token: Callable[..., str], books: Any):
    config = AuthConfig(api_key=token("accountant"), api_url="http://cell.test/v1", task_id="9" * 8)
    connection = Push(config, connect=httpx2.ASGITransport(app))
    with pytest.raises(NtroError):
        await plan([Step("draft", "Draft")], push=connection)
    await connection.aclose()
