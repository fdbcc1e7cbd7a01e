"""`/workspace/registry/workflows` and `/workspace/registry/capabilities`."""

from fastapi import APIRouter

from ntro.workspace.models import Capability, CapabilityCreate, Page, Workflow, WorkflowUpdate
from ntro_workspace.api.context import PartsOf, Reader, Transaction, Writer
from ntro_workspace.api.paging import Paged, paged
from ntro_workspace.api.preconditions import Tags
from ntro_workspace.db.rows import to_answer
from ntro_workspace.definitions import service as definitions
from ntro_workspace.definitions.types import Definition, DefinitionCreate, NewWorkflow
from ntro_workspace.workflows import repository, service

router = APIRouter(prefix="/workspace/registry", tags=["workflows"])


@router.post("/workflows", status_code=201)
async def create_workflow(
    body: NewWorkflow, connection: Transaction, caller: Writer, context: PartsOf
) -> Workflow | Definition:
    """Binds a runbook to an entity. With a name and neither of them it only defines a workflow, as old clients do."""
    if isinstance(body, DefinitionCreate):
        return await definitions.create(connection, body, caller)
    return await service.create(connection, body, caller, context.catalog)


@router.get("/workflows")
async def list_workflows(connection: Transaction, caller: Reader, wanted: Paged) -> list[Workflow] | Page[Workflow]:
    """Every binding the key may see, by name."""
    return paged(await service.list_workflows(connection, caller), wanted)


@router.get("/workflows/{workflow}")
async def get_workflow(workflow: str, connection: Transaction, caller: Reader, tags: Tags) -> Workflow | Definition:
    """The binding of an id or name; else the definition of it."""
    defined = None
    if not await service.is_bound(connection, workflow):
        defined = await definitions.find(connection, workflow, caller)
    if defined is not None:
        return definitions.to_definition(defined)
    row = await service.resolve(connection, workflow, caller)
    tags.tag(row)
    return service.to_workflow(row)


@router.patch("/workflows/{workflow}")
async def update_workflow(
    workflow: str, body: WorkflowUpdate, connection: Transaction, caller: Writer, context: PartsOf, tags: Tags
) -> Workflow:
    """Changes a binding; null clears its schedule, time zone, description or pin."""
    found = await service.resolve(connection, workflow, caller)
    before = await repository.lock(connection, found["id"])
    tags.check(before)
    changed = await service.update(connection, before, body, context.catalog)
    tags.tag(changed)
    return service.to_workflow(changed)


@router.post("/capabilities", status_code=201)
async def create_capability(body: CapabilityCreate, connection: Transaction, caller: Writer) -> Capability:
    """Notes a capability."""
    caller.require_workspace()
    row = await repository.insert_capability(connection, body.name, body.description, body.version)
    return to_answer(Capability, row)


@router.get("/capabilities")
async def list_capabilities(
    connection: Transaction, _caller: Reader, wanted: Paged
) -> list[Capability] | Page[Capability]:
    """Capabilities by name."""
    return paged([to_answer(Capability, row) for row in await repository.list_capabilities(connection)], wanted)
