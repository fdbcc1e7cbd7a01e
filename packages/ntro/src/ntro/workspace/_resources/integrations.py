"""Data platforms and e-mail integrations."""

from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Items, JsonMap, Resource, given, items_of, many, one
from ntro.workspace._transport import path_of
from ntro.workspace.models import ConnectionTest, DataPlatform, EmailIntegration, PlatformSchema


class IntegrationsResource(Resource):
    """`client.integrations`."""

    async def create_data_platform(
        self,
        name: str,
        provider: str,
        *,
        ownership: str = "SELF_MANAGED",
        region: str | None = None,
        config: JsonMap | None = None,
    ) -> DataPlatform:
        """Registers a data platform; secrets in `config` are never answered."""
        body = given(name=name, provider=provider, ownership=ownership, region=region, config=config or {})
        return one(DataPlatform, await self._post("/workspace/data", body))

    async def get_data_platform(self, platform: str) -> DataPlatform:
        """The data platform with this id."""
        return one(DataPlatform, await self._get(path_of("workspace", "data", platform)))

    async def update_data_platform(
        self, platform: str, *, name: str | None = None, region: str | None = None, config: JsonMap | None = None
    ) -> DataPlatform:
        """Changes what is given; `config` replaces the whole. A secret sent as `***` stays what it was."""
        body = given(name=name, region=region, config=config)
        path = path_of("workspace", "data", platform)
        return one(DataPlatform, await self._transport.send("PATCH", path, body=body))

    async def list_data_platforms(self) -> Items[DataPlatform]:
        """All data platforms."""
        return many(DataPlatform, await self._get("/workspace/data"))

    async def test_connection(self, platform: str) -> ConnectionTest:
        """Tries the connection; a failed try is an answer with `success` false, not an error."""
        return one(ConnectionTest, await self._post(path_of("workspace", "data", platform, "test")))

    async def discover_schemas(self, platform: str) -> Items[PlatformSchema]:
        """The schemas of a data platform and their tables."""
        return many(PlatformSchema, await self._get(path_of("workspace", "data", platform, "schemas")))

    async def platform_tenants(self, platform: str) -> Items[JsonMap]:
        """The tenants that use a data platform."""
        return items_of(await self._get(path_of("workspace", "data", platform, "tenants")))

    async def create_email(
        self, tenant: str, *, provider: str = "microsoft-graph", address: str | None = None
    ) -> EmailIntegration:
        """Registers the mailbox of a tenant (id or slug)."""
        body = given(tenantId=tenant, provider=provider, address=address)
        return one(EmailIntegration, await self._post("/workspace/integrations/email", body))

    async def list(self) -> Items[JsonMap]:
        """All integrations, whatever their kind."""
        return items_of(await self._get("/workspace/integrations"))

    create_data_platform_sync = blocking(create_data_platform)
    get_data_platform_sync = blocking(get_data_platform)
    update_data_platform_sync = blocking(update_data_platform)
    list_data_platforms_sync = blocking(list_data_platforms)
    test_connection_sync = blocking(test_connection)
    discover_schemas_sync = blocking(discover_schemas)
    platform_tenants_sync = blocking(platform_tenants)
    create_email_sync = blocking(create_email)
    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin
