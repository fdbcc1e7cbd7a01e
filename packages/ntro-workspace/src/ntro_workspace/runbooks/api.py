"""`/runbooks` and `/skills`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from ntro.workspace.models import (
    Feedback,
    FeedbackCreate,
    Page,
    RunbookDeploy,
    RunbookDeployed,
    RunbookDetail,
    RunbookSummary,
    RunbookTemplates,
    Skill,
)
from ntro_workspace.api.context import PartsOf, Reader, Transaction, Writer, unit_of_work
from ntro_workspace.api.paging import Paged, paged
from ntro_workspace.audit import repository as audit
from ntro_workspace.db.rows import to_answer
from ntro_workspace.runbooks import repository, service, views
from ntro_workspace.tenants import service as tenants

router = APIRouter(tags=["runbooks"])

NewSlug = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
"""The slug of a runbook that may be new; where one is only looked up, what is no slug is not found."""

DEPLOY_WAIT_SECONDS = 25.0
"""Below the 30 seconds after which published clients give up."""


@router.get("/runbooks")
async def list_runbooks(
    connection: Transaction,
    caller: Reader,
    context: PartsOf,
    filters: Annotated[views.Filters, Depends()],
    wanted: Paged,
) -> list[RunbookSummary] | Page[RunbookSummary]:
    """Runbooks that are deployed or come with the product, by slug."""
    items = await views.known(connection, context.catalog, caller.tenant_id)
    return paged([views.summary(item) for item in items if views.matches(item, filters)], wanted)


@router.get("/runbooks/{slug}")
async def get_runbook(slug: str, connection: Transaction, caller: Reader, context: PartsOf) -> RunbookDetail:
    """One runbook with its steps and the body of its `runbook.md`."""
    return views.detail(await views.one(connection, context.catalog, caller.tenant_id, slug))


@router.get("/runbooks/{slug}/templates")
async def get_templates(slug: str, connection: Transaction, caller: Reader, context: PartsOf) -> RunbookTemplates:
    """The files of the runbook with their text."""
    return await views.templates(connection, await views.one(connection, context.catalog, caller.tenant_id, slug))


@router.get("/skills/{slug}")
async def get_skill(slug: str, connection: Transaction, caller: Reader, context: PartsOf) -> Skill:
    """The whole `runbook.md` of the runbook."""
    item = await views.one(connection, context.catalog, caller.tenant_id, slug)
    return Skill(slug=slug, name=item.manifest.name or slug, content=await views.skill(connection, item))


@router.post("/runbooks/{slug}/feedback", status_code=201)
async def give_feedback(
    slug: str, body: FeedbackCreate, connection: Transaction, caller: Writer, context: PartsOf
) -> Feedback:
    """Keeps a remark on the runbook's code."""
    await views.one(connection, context.catalog, caller.tenant_id, slug)
    row = await repository.insert_feedback(
        connection, slug=slug, feedback=body.feedback, task_id=body.taskId, key_id=caller.key_id
    )
    return to_answer(Feedback, row)


@router.get("/runbooks/{slug}/feedback")
async def list_feedback(
    slug: str, connection: Transaction, caller: Reader, context: PartsOf, wanted: Paged
) -> list[Feedback] | Page[Feedback]:
    """Remarks on the runbook's code, the newest first; a tenant's keys read those of its own keys.

    Remarks are words of engineers about code. What is about a client's figures does not belong here: a correction at
    a gate is kept in the tenant's cell, where `GET /v1/corrections` reads it.
    """
    await views.one(connection, context.catalog, caller.tenant_id, slug)
    rows = await repository.feedback(connection, slug, caller.tenant_id)
    return paged([to_answer(Feedback, row) for row in rows], wanted)


@router.post("/runbooks/{slug}/deploy", status_code=201)
async def deploy_runbook(slug: NewSlug, body: RunbookDeploy, request: Request, context: PartsOf) -> RunbookDeployed:
    """Deploys a bundle to a tenant and waits some seconds for its cell; no transaction is open meanwhile."""
    async with unit_of_work(request, context) as (connection, caller):
        caller.require("write")
        tenant = await tenants.resolve(connection, body.tenantSlug, caller)
        tenants.require_active(tenant)
    checked = await service.check(slug, body)
    async with context.database.transaction() as connection:
        await audit.act_as(connection, caller.subject, getattr(request.state, "request_id", None))
        deployment_id = await service.deploy(connection, tenant, slug, body, checked)
    context.sender.wake()
    return service.to_deployed(await context.follower.wait(deployment_id, DEPLOY_WAIT_SECONDS))
