"""A worker uses each agent as its row in a real Workspace says: vaults, environment, version and budget."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from ntro import data
from ntro.agents.registry import find_agent
from ntro.agents.settings import AgentSettings, settings_of
from ntro.capabilities import config
from ntro.capabilities.secret import Secret
from ntro.workspace import Client
from ntro_tenant.settings import CellSettings


@pytest.fixture
def settings(settings: CellSettings, workspace: Any) -> CellSettings:
    beside: CellSettings = workspace.beside(settings)
    return beside


@pytest.fixture
async def plane(settings: CellSettings, workspace: Any, books: Any) -> AsyncIterator[data.DataPlane]:
    """The cell's database, as the worker of a runbook has it. Its own environment and vaults are those of nobody."""
    config.set(
        config.WorkerConfig(
            tenant_id=workspace.tenant,
            tenant_slug="acme",
            tenant_postgres_url=Secret(settings.database_url.get_secret_value()),
            workspace_api_url=workspace.url,
            workspace_api_key=Secret(workspace.cell_key),
            anthropic_environment_id="env_worker",
            anthropic_vault_ids="vlt_worker",
        )
    )
    try:
        yield await data.get_data_plane("acme")
    finally:
        await data.close_data_planes()
        config.reset()


async def used(plane: data.DataPlane, agent: str) -> AgentSettings:
    return await settings_of(plane, await find_agent(agent))


async def test_two_agents_of_a_tenant_share_nothing_that_their_rows_say(
    plane: data.DataPlane, workspace: Any, books: Any
):
    await books.connection.execute(
        "update system.tenant set config = $1", {"agents": {"audit": {"version": 1, "vault_ids": ["vlt_tenant"]}}}
    )
    audit = {"environment_id": "env_a", "vault_ids": ["vlt_a"], "version": 3, "budget_usd": "5.10"}
    async with Client(host=workspace.url, api_key=workspace.cell_key) as client:
        made = [
            await workspace.agent(name="audit", capabilityManifest=audit),
            await workspace.agent(name="letters", capabilityManifest={"vault_ids": []}),
        ]
        assert [(await client.agents.get(agent["id"])).capabilityManifest for agent in made] == [
            audit,
            {"vault_ids": []},
        ]
    first, second = [await used(plane, agent["id"]) for agent in made]
    assert first.model_dump(exclude_none=True) == audit | {"budget_usd": Decimal("5.10")}
    assert (second.environment_id, second.vault_ids, second.version, second.budget_usd) == (
        "env_worker",
        [],
        None,
        None,
    )


async def test_without_a_manifest_the_tenants_configuration_counts(plane: data.DataPlane, workspace: Any, books: Any):
    await books.connection.execute("update system.tenant set config = $1", {"agents": {"audit": {"version": 1}}})
    agent = await workspace.agent(name="audit")
    found = await used(plane, agent["id"])
    assert (found.version, found.vault_ids) == (1, ["vlt_worker"])
