"""Workflows: a runbook bound to an entity."""

from typing import Annotated, Any

from pydantic import Field

from ntro.workspace.models import Workflow
from ntro_mcp.errors import ToolUsageError
from ntro_mcp.hints import ADDS, CHANGES, READS
from ntro_mcp.paging import DEFAULT_ROWS, Cursor, Limit, Page, page_of
from ntro_mcp.registering import Group, tool
from ntro_mcp.tools.arguments import EntityId, TenantId, WorkflowId

CURRENT = "current"
"""In place of a version: whatever version is current."""

Cron = Annotated[str | None, Field(description="Cron expression of five fields, such as 0 8 5 * *.")]
Config = Annotated[dict[str, Any] | None, Field(description="Default config of its runs; replaces the whole.")]


class WorkflowTools(Group):
    """`ntro_workflow_…` but running one."""

    @tool("ntro_workflow_create", title="Bind a runbook to an entity", hints=ADDS)
    async def create(
        self,
        name: Annotated[str, Field(description="Name, once in the organisation.")],
        runbook_slug: Annotated[str, Field(description="Slug of the runbook; ntro_runbook_list shows them.")],
        entity_id: EntityId,
        description: Annotated[str, Field(description="What it is for.")] = "",
        tenant_id: TenantId = None,
        schedule: Cron = None,
        timezone: Annotated[str, Field(description="IANA name in which the schedule is read.")] = "Europe/London",
        runbook_version: Annotated[
            str | None, Field(description="Version to stay on; without it the workflow follows what is current.")
        ] = None,
        default_config: Config = None,
    ) -> Workflow:
        """Binds a runbook to an entity, with or without a schedule. `nextRuns` says when it will run."""
        caller = await self.caller()
        tenant = caller.tenant_of(tenant_id)
        return await caller.client.workflows.create(
            runbook_slug,
            (await caller.client.entities.get(tenant, entity_id)).id,
            tenant=tenant,
            runbook_version=runbook_version,
            name=name,
            description=description or None,
            schedule=schedule,
            timezone=timezone if schedule else None,
            default_config=default_config,
        )

    @tool("ntro_workflow_list", title="List workflows", hints=READS)
    async def list_workflows(self, limit: Limit = DEFAULT_ROWS, cursor: Cursor = None) -> Page[Workflow]:
        """The workflows that the key may see."""
        rows = await (await self.caller()).client.workflows.list()
        return page_of(rows, key=lambda row: row.id, limit=limit, cursor=cursor)

    @tool("ntro_workflow_update", title="Change a workflow", hints=CHANGES)
    async def update(
        self,
        workflow_id: WorkflowId,
        name: Annotated[str | None, Field(description="New name.")] = None,
        description: Annotated[str | None, Field(description="New description.")] = None,
        schedule: Annotated[str | None, Field(description="New cron expression; an empty text takes it off.")] = None,
        timezone: Annotated[str | None, Field(description="New IANA name of its timezone.")] = None,
        default_config: Config = None,
    ) -> Workflow:
        """Changes what is given and leaves the rest. Runs that have started are not touched."""
        given = {"name": name, "description": description, "timezone": timezone, "default_config": default_config}
        changes: dict[str, Any] = {member: value for member, value in given.items() if value is not None}
        if schedule is not None:
            changes["schedule"] = schedule.strip() or None
        if not changes:
            raise ToolUsageError("Nothing is to be changed.", hint="Give at least one member with its new value.")
        return await (await self.caller()).client.workflows.update(workflow_id, **changes)

    @tool("ntro_workflow_deploy", title="Move a workflow to a version", hints=CHANGES)
    async def deploy(
        self,
        workflow_id: WorkflowId,
        workflow_version_id: Annotated[
            str, Field(description="A deployed version of its runbook, such as 0.2.0; current follows what is current.")
        ],
        tenant_id: TenantId = None,
        entity_id: Annotated[str | None, Field(description="Entity that the workflow must belong to.")] = None,
    ) -> Workflow:
        """Pins the workflow's next runs to a deployed version, or lets them follow the current one.

        Runs that have started stay on their version. Code is deployed with ntro_runbook_deploy.
        """
        client = (await self.caller()).client
        await self._check(workflow_id, tenant_id, entity_id)
        version = None if workflow_version_id == CURRENT else workflow_version_id
        return await client.workflows.update(workflow_id, runbook_version=version)

    async def _check(self, workflow_id: str, tenant_id: str | None, entity_id: str | None) -> None:
        """Raises unless the workflow is of the tenant and the entity, as far as they are named."""
        if tenant_id is None and entity_id is None:
            return
        client = (await self.caller()).client
        workflow = await client.workflows.get(workflow_id)
        if tenant_id is not None and (await client.tenants.get(tenant_id)).id != workflow.tenantId:
            raise ToolUsageError(f"The workflow {workflow_id} is of another tenant than {tenant_id}.")
        entity = workflow.entity or {}
        if entity_id is not None and entity_id not in (workflow.entityId, entity.get("slug")):
            raise ToolUsageError(f"The workflow {workflow_id} is of another entity than {entity_id}.")
