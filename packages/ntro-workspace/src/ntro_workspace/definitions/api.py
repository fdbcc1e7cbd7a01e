"""`/workspace/registry/workflows/{id}/versions` and `/workspace/registry/deployments`, for the oldest clients."""

from fastapi import APIRouter, Request

from ntro_workspace.api.context import PartsOf, Reader, Transaction, unit_of_work
from ntro_workspace.definitions import service
from ntro_workspace.definitions.types import DefinitionVersion, VersionDeployment, VersionDeploymentCreate

router = APIRouter(prefix="/workspace/registry", tags=["workflows"])

ANSWER_WITHIN_SECONDS = 2.0
"""A deployment is answered once it has ended, or under way after this long; its client asks again."""

_ARCHIVE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/workflows/{workflow}/versions", status_code=201, openapi_extra=_ARCHIVE)
async def push_version(workflow: str, request: Request, context: PartsOf) -> DefinitionVersion:
    """Keeps an archive (zip or tar) of a runbook's folder as the next version of a workflow."""
    async with unit_of_work(request, context) as (connection, caller):
        caller.require("write")
        return await service.push(connection, workflow, await request.body(), caller)


@router.post("/deployments", status_code=201)
async def create_deployment(body: VersionDeploymentCreate, request: Request, context: PartsOf) -> VersionDeployment:
    """Deploys a version to a tenant and binds its workflow to the entity, where one is named."""
    async with unit_of_work(request, context) as (connection, caller):
        caller.require("write")
        deployment_id = await service.deploy(connection, body, caller, context.catalog)
    context.sender.wake()
    await context.follower.wait(deployment_id, ANSWER_WITHIN_SECONDS)
    async with context.database.reading() as connection:
        return await service.deployment(connection, str(deployment_id), caller)


@router.get("/deployments/{deployment}")
async def get_deployment(deployment: str, connection: Transaction, caller: Reader) -> VersionDeployment:
    """How far a deployment has come."""
    return await service.deployment(connection, deployment, caller)
