"""Entities: companies, SPVs, funds and cells of a tenant."""

from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Items, JsonMap, Resource, given, many, one
from ntro.workspace._resources.configs import Change, change_config
from ntro.workspace._transport import path_of
from ntro.workspace.models import Entity, Task


class EntitiesResource(Resource):
    """`client.entities`. `tenant` and `entity` are ids or slugs everywhere."""

    async def create(
        self,
        tenant: str,
        name: str,
        slug: str,
        *,
        type: str | None = None,  # noqa: A002 - the field's name in the product
        jurisdiction: str | None = None,
        currency: str | None = None,
        schema: str | None = None,
        config: JsonMap | None = None,
    ) -> Entity:
        """Creates an entity. `warnings` of the answer name entities whose name is nearly the same."""
        body = given(
            name=name,
            slug=slug,
            type=type,
            jurisdiction=jurisdiction,
            currency=currency,
            schema_=schema,
            config=config,
        )
        return one(Entity, await self._post(path_of("workspace", "tenants", tenant, "entities"), body))

    async def get(self, tenant: str, entity: str) -> Entity:
        """The entity."""
        return one(Entity, await self._get(path_of("workspace", "tenants", tenant, "entities", entity)))

    async def update(self, tenant: str, entity: str, *, config: JsonMap) -> Entity:
        """Replaces the whole config."""
        path = path_of("workspace", "tenants", tenant, "entities", entity)
        return one(Entity, await self._transport.send("PATCH", path, body=given(config=config)))

    async def change_config(self, tenant: str, entity: str, change: Change) -> Entity:
        """Replaces the config by what `change` makes of it; what others change meanwhile is kept."""
        path = path_of("workspace", "tenants", tenant, "entities", entity)
        return one(Entity, await change_config(self._transport, path, change))

    async def tasks(self, tenant: str, entity: str) -> Items[Task]:
        """The runs of an entity, newest first."""
        return many(Task, await self._get(path_of("workspace", "tenants", tenant, "entities", entity, "tasks")))

    async def list(self, tenant: str | None = None) -> Items[Entity]:
        """The entities of a tenant, or all of them."""
        path = "/workspace/entities" if tenant is None else path_of("workspace", "tenants", tenant, "entities")
        return many(Entity, await self._get(path))

    create_sync = blocking(create)
    get_sync = blocking(get)
    update_sync = blocking(update)
    change_config_sync = blocking(change_config)
    tasks_sync = blocking(tasks)
    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin
