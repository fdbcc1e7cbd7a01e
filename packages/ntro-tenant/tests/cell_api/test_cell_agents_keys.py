"""Tokens of an agent die with its key: the cell asks Workspace, and stays closed where it gets no answer."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from ntro_tenant.api.app import create_app
from ntro_tenant.core.agent_keys import TRUSTED_SECONDS
from ntro_tenant.settings import CellSettings

SESSION = """
insert into system.agent_sessions
    (agent_id, kind, external_ref, task_id, run_id, call_id, input, input_sha256, session_id, state, deadline)
values ($1, 'claude_managed', 'a', $2, $2, 'c', 'x', $3, 's', 'running', now() + interval '1 hour')
"""
Check = Callable[[httpx2.Response, int], dict[str, Any]]


@pytest.fixture
def settings(settings: CellSettings, workspace: Any) -> CellSettings:
    beside: CellSettings = workspace.beside(settings)
    return beside


@pytest.fixture
async def task(books: Any) -> UUID:
    found: UUID = await books.task()
    return found


@pytest.fixture
async def working(workspace: Any, books: Any, task: UUID) -> dict[str, Any]:
    """An agent that works on the task."""
    made: dict[str, Any] = await workspace.agent()
    await books.connection.execute(SESSION, UUID(made["id"]), str(task), "a" * 64)
    return made


@asynccontextmanager
async def calling(app: FastAPI, bearer: str) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {bearer}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://cell.test/v1", headers=headers) as client:
        yield client


@asynccontextmanager
async def cell_with(settings: CellSettings, **changes: Any) -> AsyncIterator[FastAPI]:
    """Another API process of the same cell."""
    app = create_app(settings.model_copy(update=changes))
    async with app.router.lifespan_context(app):
        yield app


def key_id(agent: dict[str, Any]) -> str:
    return str(agent["apiKey"]).split("_")[2]


async def closes(client: httpx2.AsyncClient, task: UUID) -> None:
    """Waits until the door is closed."""
    async with asyncio.timeout(20):
        while (answer := await client.get(f"/tasks/{task}")).status_code == 200:  # noqa: ASYNC110 - it asks a server
            await asyncio.sleep(0.01)
    assert answer.status_code == 401, answer.text


def test_what_workspace_said_is_believed_for_less_than_a_second():
    assert TRUSTED_SECONDS < 1


@pytest.mark.parametrize("end", ["revoked", "agent deleted", "rotated"])
async def test_a_token_dies_with_the_key_that_it_was_given_for(
    app: FastAPI, workspace: Any, working: dict[str, Any], task: UUID, end: str
):
    async with calling(app, await workspace.token(working["apiKey"], task)) as client:
        assert (await client.get(f"/tasks/{task}")).status_code == 200
        if end == "revoked":
            await workspace.delete(f"/workspace/keys/{key_id(working)}")
        elif end == "agent deleted":
            await workspace.delete(f"/workspace/registry/agents/{working['id']}")
        else:
            await workspace.post(f"/workspace/keys/{key_id(working)}/rotate", {"overlapSeconds": 0})
        await closes(client, task)


async def test_a_new_key_of_the_agent_works_beside_an_old_one_that_still_counts(
    app: FastAPI, workspace: Any, working: dict[str, Any], task: UUID
):
    rotated = await workspace.post(f"/workspace/keys/{key_id(working)}/rotate", {"overlapSeconds": 600})
    for key in (working["apiKey"], rotated["apiKey"]):
        async with calling(app, await workspace.token(key, task)) as client:
            assert (await client.get(f"/tasks/{task}")).status_code == 200


async def test_a_door_stays_closed_to_agents_and_open_to_people_while_workspace_is_silent(
    settings: CellSettings,
    workspace: Any,
    working: dict[str, Any],
    task: UUID,
    token: Callable[..., str],
    check_problem: Check,
):
    agents = await workspace.token(working["apiKey"], task)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        async with cell_with(settings, workspace_url=url) as app:
            async with calling(app, agents) as client:
                check_problem(await client.get(f"/tasks/{task}"), 503)
            async with calling(app, token("accountant")) as client:
                assert (await client.get(f"/tasks/{task}")).status_code == 200


async def test_a_door_stays_closed_where_workspace_refuses_the_cell(
    settings: CellSettings, workspace: Any, working: dict[str, Any], task: UUID, check_problem: Check
):
    agents = await workspace.token(working["apiKey"], task)
    async with cell_with(settings, cell_key=SecretStr("another")) as app, calling(app, agents) as client:
        check_problem(await client.get(f"/tasks/{task}"), 503)


async def test_workspace_answers_cells_for_their_own_agents_alone(workspace: Any, working: dict[str, Any]):
    path = f"/internal/agents/{working['id']}/standing?key={key_id(working)}"
    other = await workspace.post("/workspace/tenants", {"name": "Other", "slug": "other"})
    stranger = (await workspace.post(f"/internal/provisioning/{other['id']}/cell-key"))["apiKey"]

    async def asked(key: str, address: str) -> httpx2.Response:
        found: httpx2.Response = await workspace.api.get(address, headers={"Authorization": f"Bearer {key}"})
        return found

    assert (await asked(workspace.cell_key, path)).json() == {"valid": True}
    assert (await asked(stranger, path)).json() == {"valid": False}
    for unknown in (
        f"/internal/agents/{uuid4()}/standing?key={key_id(working)}",
        f"/internal/agents/{working['id']}/standing?key=000000000000",
    ):
        assert (await asked(workspace.cell_key, unknown)).json() == {"valid": False}
    assert (await asked(working["apiKey"], path)).status_code == 403
