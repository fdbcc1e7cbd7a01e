"""Tenants and their entities."""

from typing import Annotated

from pydantic import Field

from ntro.workspace.models import Entity, Tenant
from ntro_mcp.hints import ADDS, READS
from ntro_mcp.paging import DEFAULT_ROWS, Cursor, Limit, Page, page_of
from ntro_mcp.registering import Group, tool
from ntro_mcp.tools.arguments import Slug, TenantId

Name = Annotated[str, Field(description="Name for people.")]


class TenantTools(Group):
    """`ntro_tenant_…` and `ntro_entity_…`."""

    @tool("ntro_tenant_create", title="Create a tenant", hints=ADDS)
    async def create_tenant(
        self,
        name: Name,
        slug: Slug,
        data_platform_config_id: Annotated[
            str | None, Field(description="Id of the data platform that holds its data; none for the managed one.")
        ] = None,
        data_platform: Annotated[
            str | None,
            Field(
                description="managed-postgres, snowflake or microsoft-fabric; follows from the config where left out."
            ),
        ] = None,
    ) -> Tenant:
        """Creates a tenant. It is provisioned in the background: read ntro://tenants/SLUG until it is ACTIVE."""
        return await (await self.caller()).client.tenants.create(
            name, slug, data_platform=data_platform, data_platform_config_id=data_platform_config_id
        )

    @tool("ntro_tenant_list", title="List tenants", hints=READS)
    async def list_tenants(self, limit: Limit = DEFAULT_ROWS, cursor: Cursor = None) -> Page[Tenant]:
        """The tenants that the key may see."""
        rows = await (await self.caller()).client.tenants.list()
        return page_of(rows, key=lambda row: row.id, limit=limit, cursor=cursor)

    @tool("ntro_entity_create", title="Create an entity", hints=ADDS)
    async def create_entity(
        self,
        tenant_id: Annotated[str, Field(description="Tenant: id or slug.")],
        name: Name,
        slug: Slug,
        type: Annotated[str | None, Field(description="Such as SPV, FUND or CELL.")] = None,  # noqa: A002 - published
        jurisdiction: Annotated[str | None, Field(description="Such as Jersey.")] = None,
        currency: Annotated[str | None, Field(description="ISO 4217, such as GBP.")] = None,
        schema: Annotated[str | None, Field(description="Name of its schema on the data platform.")] = None,
    ) -> Entity:
        """Creates an SPV, fund or cell. `warnings` name entities whose name is nearly the same: look first."""
        return await (await self.caller()).client.entities.create(
            tenant_id, name, slug, type=type, jurisdiction=jurisdiction, currency=currency, schema=schema
        )

    @tool("ntro_entity_list", title="List entities", hints=READS)
    async def list_entities(
        self, tenant_id: TenantId = None, limit: Limit = DEFAULT_ROWS, cursor: Cursor = None
    ) -> Page[Entity]:
        """The entities of a tenant; of all tenants where none is named and the connection has no default."""
        caller = await self.caller()
        rows = await caller.client.entities.list(tenant_id or caller.tenant)
        return page_of(rows, key=lambda row: row.id, limit=limit, cursor=cursor)
