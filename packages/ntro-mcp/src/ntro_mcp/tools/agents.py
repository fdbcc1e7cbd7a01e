"""References to agents that are hosted elsewhere."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated

from pydantic import BaseModel, Field

from ntro.workspace.models import Agent, AgentCreated, AgentManifest, AgentVersion
from ntro_mcp.hints import ADDS, CHANGES, READS
from ntro_mcp.paging import DEFAULT_ROWS, Cursor, Limit, Page, page_of
from ntro_mcp.registering import Group, tool
from ntro_mcp.tools.arguments import TenantId

AgentId = Annotated[str, Field(description="Id of the agent: the UUID that its registration answered.")]


class AgentDeleted(BaseModel):
    """The agent is gone and its key has stopped working."""

    deletedId: str


class AgentTools(Group):
    """`ntro_agent_…`."""

    @tool("ntro_agent_create", title="Register an agent", hints=ADDS)
    async def create(
        self,
        name: Annotated[str, Field(description="Name, once per tenant.")],
        path: Annotated[
            str | None, Field(description="Host and id in one: anthropic://agents/ID or copilot://agents/ID.")
        ] = None,
        kind: Annotated[str | None, Field(description="In place of path: its host, such as claude_managed.")] = None,
        external_ref: Annotated[str | None, Field(description="In place of path: its id there.")] = None,
        tenant_id: TenantId = None,
        description: Annotated[str | None, Field(description="What it is for.")] = None,
        credentials_ref: Annotated[
            str | None, Field(description="Name of the secret it needs, never a secret.")
        ] = None,
        capability_manifest: Annotated[
            AgentManifest | None, Field(description="How it is used: environment, vaults, version, budget.")
        ] = None,
    ) -> AgentCreated:
        """Registers an agent of a host platform. `apiKey` is shown this once: put it into the platform's vault."""
        caller = await self.caller()
        return await caller.client.agents.create(
            caller.tenant_of(tenant_id),
            name,
            kind=kind,
            external_ref=external_ref,
            path=path,
            description=description,
            credentials_ref=credentials_ref,
            capability_manifest=capability_manifest.settings if capability_manifest else None,
        )

    @tool("ntro_agent_list", title="List agents", hints=READS)
    async def list_agents(
        self, tenant_id: TenantId = None, limit: Limit = DEFAULT_ROWS, cursor: Cursor = None
    ) -> Page[Agent]:
        """The agents of a tenant; of all tenants where none is named and the connection has no default."""
        caller = await self.caller()
        tenant = tenant_id or caller.tenant
        wanted = None if tenant is None else (await caller.client.tenants.get(tenant)).id
        rows = await caller.client.agents.list(tenant_id=wanted)
        return page_of(rows, key=lambda row: row.id, limit=limit, cursor=cursor)

    @tool("ntro_agent_get", title="Show an agent", hints=READS)
    async def get(self, agent_id: AgentId) -> Agent:
        """An agent with its versions."""
        return await (await self.caller()).client.agents.get(agent_id)

    @tool("ntro_agent_delete", title="Remove an agent", hints=CHANGES)
    async def delete(self, agent_id: AgentId) -> AgentDeleted:
        """Removes the reference; the agent's key stops working at once. The agent on its host is not touched."""
        await (await self.caller()).client.agents.delete(agent_id)
        return AgentDeleted(deletedId=agent_id)

    @tool("ntro_agent_create_version", title="Record a version of an agent", hints=ADDS)
    async def create_version(
        self,
        agent_id: AgentId,
        artifact_url: Annotated[str | None, Field(description="Where its artifact is.")] = None,
        changelog: Annotated[str | None, Field(description="What changed.")] = None,
    ) -> AgentVersion:
        """Records a new version; numbers count from 1."""
        client = (await self.caller()).client
        return await client.agents.create_version(agent_id, artifact_url=artifact_url, changelog=changelog)
