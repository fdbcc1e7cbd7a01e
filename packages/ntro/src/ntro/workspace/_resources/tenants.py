"""Tenants, and the short-lived doors to a tenant's cell."""

from collections.abc import Callable, Sequence

from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Items, JsonMap, Resource, given, many, one
from ntro.workspace._resources.configs import Change, change_config
from ntro.workspace._transport import path_of
from ntro.workspace.models import AccessToken, SignInLink, Tenant
from ntro.workspace.waiting import poll

_SETTLED = frozenset({"ACTIVE", "FAILED", "SUSPENDED", "DEPROVISIONING", "DECOMMISSIONED"})


class TenantsResource(Resource):
    """`client.tenants`. `tenant` is an id or a slug everywhere."""

    async def create(
        self,
        name: str,
        slug: str,
        *,
        data_platform: str | None = None,
        data_platform_config_id: str | None = None,
        config: JsonMap | None = None,
    ) -> Tenant:
        """Creates a tenant; its cell is provisioned in the background, see `wait_until_settled`."""
        body = given(
            name=name,
            slug=slug,
            dataPlatform=data_platform,
            dataPlatformConfigId=data_platform_config_id,
            config=config,
        )
        return one(Tenant, await self._post("/workspace/tenants", body))

    async def get(self, tenant: str) -> Tenant:
        """The tenant."""
        return one(Tenant, await self._get(path_of("workspace", "tenants", tenant)))

    async def update(self, tenant: str, *, config: JsonMap | None = None, relay: bool | None = None) -> Tenant:
        """Replaces the whole config; opens or closes the relay of calls to the cell."""
        path = path_of("workspace", "tenants", tenant)
        return one(Tenant, await self._transport.send("PATCH", path, body=given(config=config, relay=relay)))

    async def change_config(self, tenant: str, change: Change) -> Tenant:
        """Replaces the config by what `change` makes of it; what others change meanwhile is kept."""
        return one(Tenant, await change_config(self._transport, path_of("workspace", "tenants", tenant), change))

    async def delete(self, tenant: str) -> Tenant:
        """Starts to take the tenant down."""
        return one(Tenant, await self._transport.send("DELETE", path_of("workspace", "tenants", tenant)))

    async def access_token(
        self,
        tenant: str,
        *,
        subject: str | None = None,
        name: str | None = None,
        roles: Sequence[str] | None = None,
        task_id: str | None = None,
    ) -> AccessToken:
        """A bearer of some minutes for the tenant's cell, and where that is; `task_id` binds an agent's to one task."""
        body = given(subject=subject, name=name, roles=None if roles is None else [*roles], taskId=task_id)
        return one(AccessToken, await self._post(path_of("workspace", "tenants", tenant, "access-token"), body))

    async def sign_in_link(
        self, tenant: str, *, subject: str | None = None, name: str | None = None, roles: Sequence[str] | None = None
    ) -> SignInLink:
        """A link that opens one browser session in the tenant's pages, once."""
        body = given(subject=subject, name=name, roles=None if roles is None else [*roles])
        return one(SignInLink, await self._post(path_of("workspace", "tenants", tenant, "sign-in-link"), body))

    async def wait_until_settled(
        self,
        tenant: str,
        *,
        seconds: float = 300,
        every: float = 0.5,
        on_change: Callable[[Tenant], None] | None = None,
    ) -> Tenant:
        """The tenant once it is `ACTIVE`, or in a state from which it will not become so by itself.

        Raises:
            WaitTimeoutError: it is still being provisioned after `seconds`.
        """
        return await poll(
            lambda: self.get(tenant),
            until=lambda found: found.status in _SETTLED,
            on_change=on_change,
            seconds=seconds,
            every=every,
            what=f"Provisioning of tenant {tenant}",
        )

    async def list(self, *, status: str | None = None) -> Items[Tenant]:
        """All tenants, or those in `status`."""
        return many(Tenant, await self._get("/workspace/tenants", {"status": status}))

    create_sync = blocking(create)
    get_sync = blocking(get)
    update_sync = blocking(update)
    change_config_sync = blocking(change_config)
    delete_sync = blocking(delete)
    access_token_sync = blocking(access_token)
    sign_in_link_sync = blocking(sign_in_link)
    wait_until_settled_sync = blocking(wait_until_settled)
    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin
