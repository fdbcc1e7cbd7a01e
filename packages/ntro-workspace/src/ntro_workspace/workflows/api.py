"""`/workspace/registry/workflows` and `/workspace/registry/capabilities`."""

from fastapi import APIRouter

from ntro.workspace.models import Capability, CapabilityCreate, Workflow, WorkflowCreate, WorkflowUpdate
from ntro_workspace.api.context import PartsOf, Reader, Transaction, Writer
from ntro_workspace.db.rows import to_answer
from ntro_workspace.workflows import repository, service

router = APIRouter(prefix="/workspace/registry", tags=["workflows"])


@router.post("/workflows", status_code=201)
async def create_workflow(body: WorkflowCreate, connection: Transaction, caller: Writer, context: PartsOf) -> Workflow:
    """Binds a runbook to an entity."""
    return await service.create(connection, body, caller, context.catalog)


@router.get("/workflows")
async def list_workflows(connection: Transaction, caller: Reader) -> list[Workflow]:
    """Every binding the key may see, by name."""
    return await service.list_workflows(connection, caller)


@router.get("/workflows/{workflow}")
async def get_workflow(workflow: str, connection: Transaction, caller: Reader) -> Workflow:
    """The binding of an id or name."""
    return service.to_workflow(await service.resolve(connection, workflow, caller, writing=False))


@router.patch("/workflows/{workflow}")
async def update_workflow(
    workflow: str, body: WorkflowUpdate, connection: Transaction, caller: Writer, context: PartsOf
) -> Workflow:
    """Changes a binding; null clears its schedule, time zone, description or pin."""
    before = await service.resolve(connection, workflow, caller, writing=True)
    return await service.update(connection, before, body, context.catalog)


@router.post("/capabilities", status_code=201)
async def create_capability(body: CapabilityCreate, connection: Transaction, caller: Writer) -> Capability:
    """Notes a capability."""
    caller.require_workspace()
    row = await repository.insert_capability(connection, body.name, body.description, body.version)
    return to_answer(Capability, row)
