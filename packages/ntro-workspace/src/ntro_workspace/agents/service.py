"""Agents hosted elsewhere: a reference, and the key they call back with."""

from uuid import UUID

import asyncpg

from ntro.workspace.models import Agent, AgentCreate, AgentCreated, AgentVersion
from ntro.workspace.models.agents import HIDDEN_KINDS
from ntro_server.errors import Conflict, NotFound
from ntro_workspace.agents import repository
from ntro_workspace.db.references import as_uuid
from ntro_workspace.db.rows import to_answer
from ntro_workspace.keys import repository as key_repository
from ntro_workspace.keys import service as keys
from ntro_workspace.keys.types import Principal


async def create(connection: asyncpg.Connection, tenant_id: UUID, body: AgentCreate, pepper: bytes) -> AgentCreated:
    """An agent with its own key; the key's text is in this answer and nowhere else.

    Raises:
        Conflict: the tenant has an agent of that name.
    """
    row = await repository.insert(connection, tenant_id, body)
    if row is None:
        raise Conflict("This tenant has an agent of that name already.", hint="Choose another name.")
    minted = await keys.mint(connection, pepper, kind="agent", name=body.name, tenant_id=tenant_id, agent_id=row["id"])
    answer = await _answer(connection, row)
    return AgentCreated.model_validate(answer.model_dump() | {"apiKey": minted.text})


async def resolve(connection: asyncpg.Connection, reference: str, caller: Principal) -> Agent:
    """The agent of an id, with its versions.

    Raises:
        NotFound: there is none that the key may see.
    """
    agent_id = as_uuid(reference)
    row = None if agent_id is None else await repository.find(connection, agent_id)
    if row is None:
        raise NotFound("There is no such agent.", hint="GET /v1/workspace/registry/agents lists them.")
    caller.check_tenant(row["tenant_id"], what="agent")
    return await _answer(connection, row)


async def list_agents(connection: asyncpg.Connection, tenant_id: UUID | None, *, every_kind: bool) -> list[Agent]:
    """Agents by name; those of kinds that the published clients refuse only where every kind is asked for."""
    hidden = () if every_kind else HIDDEN_KINDS
    return [await _answer(connection, row) for row in await repository.list_all(connection, tenant_id, hidden)]


async def delete(connection: asyncpg.Connection, agent_id: UUID) -> None:
    """Removes the agent; its key dies with it."""
    await key_repository.revoke_agent_keys(connection, agent_id)
    await repository.delete(connection, agent_id)


async def _answer(connection: asyncpg.Connection, row: asyncpg.Record) -> Agent:
    versions = await repository.list_versions(connection, row["id"])
    return to_answer(
        Agent,
        row,
        orgId=str(await key_repository.organisation_id(connection)),
        apiKeyRef=await key_repository.prefix_of_agent(connection, row["id"]),
        versions=[to_answer(AgentVersion, version) for version in versions],
    )
