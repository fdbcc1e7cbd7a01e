"""Who calls, and the data platforms of the organisation."""

from typing import Annotated, Any

from pydantic import Field

from ntro.workspace.models import ConnectionTest, DataPlatform, Identity, PlatformSchema
from ntro_mcp.hints import ADDS, READS, TRIES_OUTSIDE
from ntro_mcp.paging import DEFAULT_ROWS, Cursor, Limit, Page, page_of
from ntro_mcp.registering import Group, tool

PlatformId = Annotated[str, Field(description="Id of the data platform.")]


class PlatformTools(Group):
    """`ntro_whoami` and `ntro_integration_…`."""

    @tool("ntro_whoami", title="Who am I", hints=READS)
    async def whoami(self) -> Identity:
        """Whose key is used: name, organisation, roles and scopes; the tenant, where the key belongs to one."""
        return await (await self.caller()).client.identity.whoami()

    @tool("ntro_integration_create", title="Register a data platform", hints=ADDS)
    async def create(
        self,
        name: Annotated[str, Field(description="Name for people.")],
        provider: Annotated[str, Field(description="DATABRICKS, SNOWFLAKE, MICROSOFT_FABRIC or GCP_BIGQUERY.")],
        region: Annotated[str, Field(description="Where it runs, such as uksouth.")],
        config: Annotated[dict[str, Any], Field(description="Its settings; secrets are kept and never answered.")],
        ownership: Annotated[str, Field(description="SELF_MANAGED or NTRO_MANAGED.")] = "SELF_MANAGED",
    ) -> DataPlatform:
        """Registers a data platform. Test it afterwards with ntro_integration_test."""
        client = (await self.caller()).client
        return await client.integrations.create_data_platform(
            name, provider, ownership=ownership, region=region, config=config
        )

    @tool("ntro_integration_test", title="Try a data platform's connection", hints=TRIES_OUTSIDE)
    async def test(self, id: PlatformId) -> ConnectionTest:  # noqa: A002 - the argument's published name
        """Tries the connection. A failed try is an answer with success false and the reason."""
        return await (await self.caller()).client.integrations.test_connection(id)

    @tool("ntro_integration_schemas", title="Schemas of a data platform", hints=TRIES_OUTSIDE)
    async def schemas(
        self,
        id: PlatformId,  # noqa: A002 - as its siblings name it
        limit: Limit = DEFAULT_ROWS,
        cursor: Cursor = None,
    ) -> Page[PlatformSchema]:
        """The schemas and tables, to be read before a runbook for them is written."""
        rows = await (await self.caller()).client.integrations.discover_schemas(id)
        return page_of(rows, key=lambda row: row.name, limit=limit, cursor=cursor)
