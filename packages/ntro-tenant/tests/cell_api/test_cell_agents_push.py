"""An agent reports with nothing but its own key: real Workspace, real cell, both over the network."""

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
from ntro.workspace import tokens
from ntro.workspace.errors import AuthenticationError, NotFoundError
from ntro_tenant.settings import CellSettings

SESSION = """
insert into system.agent_sessions
    (agent_id, kind, external_ref, task_id, run_id, call_id, input, input_sha256, session_id, state, deadline)
values ($1, 'claude_managed', 'a', $2, $2, 'c', 'x', $3, 's', 'running', now() + interval '1 hour')
"""


class Noting(httpx2.AsyncBaseTransport):
    """Sends over the network and keeps what was asked of whom."""

    def __init__(self) -> None:
        self._network = httpx2.AsyncHTTPTransport()
        self.sent: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(f"{request.method} {request.url.path.rsplit('/', 1)[-1]}")
        return await self._network.handle_async_request(request)

    async def aclose(self) -> None:
        await self._network.aclose()


@pytest.fixture
def settings(settings: CellSettings, workspace: Any) -> CellSettings:
    beside: CellSettings = workspace.beside(settings)
    return beside


@pytest.fixture
async def cell_url(app: FastAPI, workspace: Any, serve_app: Callable[..., Any]) -> AsyncIterator[str]:
    """The cell's address, which Workspace gives with every token. The application's own lifetime stays `app`'s."""
    async with serve_app(app, lifespan="off") as url:
        await workspace.cell_is_at(url)
        yield url


@pytest.fixture
async def task(books: Any) -> UUID:
    found: UUID = await books.task()
    return found


@pytest.fixture
async def working(workspace: Any, books: Any, task: UUID) -> dict[str, Any]:
    made: dict[str, Any] = await workspace.agent()
    await books.connection.execute(SESSION, UUID(made["id"]), str(task), "a" * 64)
    return made


def config_of(workspace: Any, working: dict[str, Any], task: UUID | str) -> AuthConfig:
    return AuthConfig(api_key=working["apiKey"], api_url=workspace.url, task_id=str(task))


@pytest.fixture
def sent() -> Noting:
    return Noting()


@pytest.fixture
async def push(cell_url: str, workspace: Any, working: dict[str, Any], task: UUID, sent: Noting) -> AsyncIterator[Push]:
    connection = Push(config_of(workspace, working, task), connect=sent, look_again_s=0.01)
    yield connection
    await connection.aclose()


async def test_the_environment_alone_is_enough(
    monkeypatch: pytest.MonkeyPatch,
    cell_url: str,
    workspace: Any,
    working: dict[str, Any],
    task: UUID,
    books: Any,
):
    monkeypatch.setenv("NTRO_API_KEY", working["apiKey"])
    monkeypatch.setenv("NTRO_API_URL", workspace.url.removesuffix("/v1"))
    monkeypatch.setenv("NTRO_TASK_ID", str(task))
    await plan([Step("draft", "Draft")])
    async with transition("draft") as step:
        step.complete({"pages": 3})
    assert await books.event_types() == ["plan_declared", "step_started", "step_completed"]


async def test_the_key_is_exchanged_once_for_many_reports(push: Push, sent: Noting):
    await plan([Step("draft", "Draft")], push=push)
    async with transition("draft", push=push) as step:
        for number in range(5):
            step.progress(f"page {number}")
    assert sent.sent.count("POST access-token") == 1
    assert sent.sent.count("POST events") == 8


async def test_reports_that_leave_at_once_exchange_the_key_once(push: Push, sent: Noting):
    await asyncio.gather(*(plan([Step(f"s{number}", "Step")], push=push) for number in range(5)))
    assert sent.sent.count("POST access-token") == 1


async def test_a_token_is_renewed_before_it_expires(
    monkeypatch: pytest.MonkeyPatch, push: Push, sent: Noting, books: Any
):
    monkeypatch.setattr(tokens, "ACCESS_LIFETIME", tokens.ACCESS_LIFETIME / 30)
    await plan([Step("draft", "Draft")], push=push)
    await plan([Step("send", "Send")], push=push)
    assert sent.sent.count("POST access-token") == 2
    assert await books.event_types() == ["plan_declared", "plan_declared"]


async def test_a_key_of_another_task_reports_nothing(
    cell_url: str, workspace: Any, working: dict[str, Any], books: Any, sent: Noting
):
    other = await books.task(title="another")
    connection = Push(config_of(workspace, working, other), connect=sent)
    with pytest.raises(NotFoundError):
        await plan([Step("draft", "Draft")], push=connection)
    await connection.aclose()
    assert await books.event_types() == []


async def report_for(seconds: float, push: Push) -> None:
    async with asyncio.timeout(seconds):
        while True:
            await plan([Step("draft", "Draft")], push=push)


async def test_nothing_is_reported_once_the_key_is_revoked(
    push: Push, workspace: Any, working: dict[str, Any], task: UUID
):
    await plan([Step("draft", "Draft")], push=push)
    await workspace.delete(f"/workspace/keys/{working['apiKey'].split('_')[2]}")
    with pytest.raises(AuthenticationError):
        await report_for(20, push)
    later = Push(config_of(workspace, working, task))
    with pytest.raises(AuthenticationError):
        await plan([Step("draft", "Draft")], push=later)
    await later.aclose()


async def test_a_person_answers_in_the_page_and_the_agent_goes_on(push: Push, anna: httpx2.AsyncClient, task: UUID):
    async with transition("draft", push=push) as step:
        asking = asyncio.create_task(step.request_approval(payload={"pages": 3}, title="Handover", timeout_s=20))
        async with asyncio.timeout(20):
            while not (asked := (await anna.get(f"/tasks/{task}/requests")).json()):  # noqa: ASYNC110 - it asks a server
                await asyncio.sleep(0.01)
        path = f"/tasks/{task}/requests/{asked[0]['id']}/answer"
        assert (await anna.post(path, json={"action": "approved"})).status_code == 201
        assert (await asking)["action"] == "approved"
