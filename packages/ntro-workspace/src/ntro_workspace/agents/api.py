"""`/workspace/registry/agents`."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from ntro.workspace.models import Agent, AgentCreate, AgentCreated, AgentVersion, AgentVersionCreate, Page
from ntro_workspace.agents import repository, service
from ntro_workspace.api.context import Caller, PartsOf, Reader, Transaction, Writer
from ntro_workspace.api.paging import Paged, paged
from ntro_workspace.db.rows import to_answer
from ntro_workspace.tenants import service as tenants

router = APIRouter(prefix="/workspace/registry/agents", tags=["agents"])


@router.post("", status_code=201)
async def create_agent(body: AgentCreate, connection: Transaction, caller: Writer, context: PartsOf) -> AgentCreated:
    """Registers an agent and mints its key."""
    tenant = await tenants.resolve(connection, body.tenantId, caller)
    return await service.create(connection, tenant["id"], body, context.pepper)


@router.get("")
async def list_agents(
    connection: Transaction,
    caller: Reader,
    wanted: Paged,
    tenant: Annotated[str | None, Query(alias="tenantId")] = None,
    kinds: Annotated[Literal["published", "all"], Query()] = "published",
) -> list[Agent] | Page[Agent]:
    """Agents of one tenant, or of every tenant the key may see.

    With `kinds=all` also those of kinds that the published clients refuse, such as `copilot_agent`.
    """
    tenant_id = caller.tenant_id
    if tenant is not None:
        tenant_id = (await tenants.resolve(connection, tenant, caller))["id"]
    return paged(await service.list_agents(connection, tenant_id, every_kind=kinds == "all"), wanted)


@router.get("/{agent}")
async def get_agent(agent: str, connection: Transaction, caller: Caller) -> Agent:
    """One agent with its versions. Cells ask as well: their runbooks invoke agents by id."""
    if "internal" not in caller.scopes:
        caller.require("read")
    return await service.resolve(connection, agent, caller)


@router.delete("/{agent}", status_code=204)
async def delete_agent(agent: str, connection: Transaction, caller: Writer) -> None:
    """Removes the agent and revokes its key."""
    found = await service.resolve(connection, agent, caller)
    await service.delete(connection, UUID(found.id))


@router.post("/{agent}/versions", status_code=201)
async def create_agent_version(
    agent: str, connection: Transaction, caller: Writer, body: AgentVersionCreate | None = None
) -> AgentVersion:
    """The next version of the agent."""
    found = await service.resolve(connection, agent, caller)
    row = await repository.insert_version(connection, UUID(found.id), body or AgentVersionCreate())
    return to_answer(AgentVersion, row)
