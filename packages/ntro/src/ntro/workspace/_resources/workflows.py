"""Workflows: a runbook bound to an entity, with or without a schedule."""

from datetime import datetime
from enum import Enum
from typing import Final

from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Items, JsonMap, Resource, given, many, one
from ntro.workspace._transport import path_of
from ntro.workspace.models import ScheduledRuns, Workflow


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
        overlap: str | None = None,
        default_config: JsonMap | None = None,
    ) -> Workflow:
        """Binds a runbook to an entity.

        Without `runbook_version` the binding follows whatever is current. `schedule` is a cron expression of five
        fields, read in `timezone` (IANA, UTC by default). With the overlap `SKIP` a scheduled run is left out while
        an earlier one is open; by default it starts beside it.
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
            overlap=overlap,
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
        overlap: str | Unchanged | None = UNCHANGED,
        runbook_version: str | Unchanged | None = UNCHANGED,
        default_config: JsonMap | Unchanged = UNCHANGED,
    ) -> Workflow:
        """Changes what is given; None clears, `default_config` replaces the whole."""
        members = {
            "name": name,
            "description": description,
            "schedule": schedule,
            "timezone": timezone,
            "overlap": overlap,
            "runbookVersion": runbook_version,
            "defaultConfig": default_config,
        }
        body = {member: value for member, value in members.items() if value is not UNCHANGED}
        path = path_of("workspace", "registry", "workflows", workflow)
        return one(Workflow, await self._transport.send("PATCH", path, body=body))

    async def pause(self, workflow: str) -> Workflow:
        """Lets no scheduled run begin until it is resumed."""
        return one(Workflow, await self._post(path_of("workspace", "registry", "workflows", workflow, "pause")))

    async def resume(self, workflow: str) -> Workflow:
        """Lets scheduled runs begin again."""
        return one(Workflow, await self._post(path_of("workspace", "registry", "workflows", workflow, "resume")))

    async def run_now(self, workflow: str) -> ScheduledRuns:
        """Starts a run as the schedule would now."""
        return one(ScheduledRuns, await self._post(path_of("workspace", "registry", "workflows", workflow, "run-now")))

    async def backfill(self, workflow: str, *, since: datetime, until: datetime) -> ScheduledRuns:
        """Starts the runs of the schedule's past times from `since` to `until` (both aware), at most 100."""
        body = {"since": since.isoformat(), "until": until.isoformat()}
        path = path_of("workspace", "registry", "workflows", workflow, "backfill")
        return one(ScheduledRuns, await self._post(path, body))

    async def list(self) -> Items[Workflow]:
        """All workflows."""
        return many(Workflow, await self._get("/workspace/registry/workflows"))

    create_sync = blocking(create)
    get_sync = blocking(get)
    update_sync = blocking(update)
    pause_sync = blocking(pause)
    resume_sync = blocking(resume)
    run_now_sync = blocking(run_now)
    backfill_sync = blocking(backfill)
    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin
