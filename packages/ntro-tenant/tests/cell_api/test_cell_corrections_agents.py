"""Corrections for agents: only those that the tenant names read them, with a token that is bound to no task."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI

from ntro_tenant.settings import CellSettings

Check = Callable[[httpx2.Response, int], dict[str, Any]]
DOORS = ("/corrections", "/corrections/export")


@pytest.fixture
def settings(settings: CellSettings, workspace: Any) -> CellSettings:
    """The cell of a tenant that a real Workspace has: it says which keys of agents count."""
    beside: CellSettings = workspace.beside(settings)
    return beside


def caller(app: FastAPI, bearer: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {bearer}"}
    return httpx2.AsyncClient(transport=transport, base_url="http://cell.test/v1", headers=headers)


async def test_an_agent_that_the_tenant_names_reads_the_corrections_and_no_other_does(
    app: FastAPI, books: Any, workspace: Any, check_problem: Check
):
    named, other = await workspace.agent(), await workspace.agent()
    config = {"corrections": {"agents": [named["id"]]}}
    await books.connection.execute("update system.tenant set config = $1", config)
    for path in DOORS:
        async with caller(app, await workspace.token(named["apiKey"])) as client:
            assert (await client.get(path)).status_code == 200
        async with caller(app, await workspace.token(other["apiKey"])) as client:
            check_problem(await client.get(path), 403)


@pytest.mark.parametrize("said", [None, True, "all", {"all": True}, [], [str(uuid4())], ["*"]])
async def test_what_does_not_name_the_agent_opens_nothing(
    app: FastAPI, books: Any, workspace: Any, check_problem: Check, said: Any
):
    agent = await workspace.agent()
    await books.connection.execute("update system.tenant set config = $1", {"corrections": {"agents": said}})
    async with caller(app, await workspace.token(agent["apiKey"])) as client:
        check_problem(await client.get(DOORS[0]), 403)


async def test_a_token_for_one_task_reads_no_corrections_of_others(
    app: FastAPI, books: Any, workspace: Any, check_problem: Check
):
    agent = await workspace.agent()
    await books.connection.execute("update system.tenant set config = $1", {"corrections": {"agents": [agent["id"]]}})
    async with caller(app, await workspace.token(agent["apiKey"], await books.task())) as client:
        check_problem(await client.get(DOORS[0]), 404)
