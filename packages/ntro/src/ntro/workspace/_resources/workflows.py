"""Workflows: a runbook bound to an entity, with or without a schedule."""

from enum import Enum
from typing import Final

from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Items, JsonMap, Resource, given, many, one
from ntro.workspace._transport import path_of
from ntro.workspace.models import Workflow


class Unchanged(Enum):
    """Says that a member stays as it is, where None would clear it."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


class WorkflowsResource(Resource):
    """`client.workflows`. A workflow is named by its id or its name."""

    async def create(
        self,
        runbook_slug: str,
        entity_id: str,
        *,
        tenant: str | None = None,
        runbook_version: str | None = None,
        name: str | None = None,
        description: str | None = None,
        schedule: str | None = None,
        timezone: str | None = None,
        default_config: JsonMap | None = None,
    ) -> Workflow:
        """Binds a runbook to an entity.

        Without `runbook_version` the binding follows whatever is current. `schedule` is a cron expression of five
        fields, read in `timezone` (IANA, UTC by default).
        """
        body = given(
            runbookSlug=runbook_slug,
            entityId=entity_id,
            tenantId=tenant,
            runbookVersion=runbook_version,
            name=name,
            description=description,
            schedule=schedule,
            timezone=timezone,
            defaultConfig=default_config,
        )
        return one(Workflow, await self._post("/workspace/registry/workflows", body))

    async def get(self, workflow: str) -> Workflow:
        """The workflow."""
        return one(Workflow, await self._get(path_of("workspace", "registry", "workflows", workflow)))

    async def update(
        self,
        workflow: str,
        *,
        name: str | Unchanged | None = UNCHANGED,
        description: str | Unchanged | None = UNCHANGED,
        schedule: str | Unchanged | None = UNCHANGED,
        timezone: str | Unchanged | None = UNCHANGED,
        runbook_version: str | Unchanged | None = UNCHANGED,
        default_config: JsonMap | Unchanged = UNCHANGED,
    ) -> Workflow:
        """Changes what is given; None clears, `default_config` replaces the whole."""
        members = {
            "name": name,
            "description": description,
            "schedule": schedule,
            "timezone": timezone,
            "runbookVersion": runbook_version,
            "defaultConfig": default_config,
        }
        body = {member: value for member, value in members.items() if value is not UNCHANGED}
        path = path_of("workspace", "registry", "workflows", workflow)
        return one(Workflow, await self._transport.send("PATCH", path, body=body))

    async def list(self) -> Items[Workflow]:
        """All workflows."""
        return many(Workflow, await self._get("/workspace/registry/workflows"))

    create_sync = blocking(create)
    get_sync = blocking(get)
    update_sync = blocking(update)
    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin
