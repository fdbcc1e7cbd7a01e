"""What agents ask of people, and the answers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path

from ntro_tenant.api import schemas
from ntro_tenant.api.addresses import TaskAddress, uuid_of
from ntro_tenant.api.authentication import CellDependency, Decider, Reader
from ntro_tenant.api.exact_json import ExactRoute
from ntro_tenant.core import agent_requests
from ntro_tenant.core.agent_requests import Answer
from ntro_tenant.core.views import AgentRequestView

router = APIRouter(prefix="/tasks", tags=["agents"], route_class=ExactRoute)


def _request_id(request_id: Annotated[str, Path(description="The id of an agent's request.")]) -> UUID:
    return uuid_of(request_id, "request")


@router.get("/{task}/requests", response_model=list[schemas.AgentRequest])
async def list_requests(cell: CellDependency, _person: Reader, task: TaskAddress) -> list[AgentRequestView]:
    """What agents ask of people for the task now, the oldest first."""
    async with cell.transaction() as connection:
        return await agent_requests.list_requests(connection, task)


@router.post("/{task}/requests/{request_id}/answer", status_code=201)
async def answer_request(
    cell: CellDependency,
    person: Decider,
    task: TaskAddress,
    request_id: Annotated[UUID, Depends(_request_id)],
    body: schemas.AgentAnswer,
) -> schemas.Recorded:
    """Answers an agent, once. It reads the answer as an event of its task."""
    answer = Answer(action=body.action, reason=body.reason, document_id=body.document_id)
    async with cell.transaction() as connection:
        seq = await agent_requests.answer_request(connection, task, request_id, person, answer)
    return schemas.Recorded(seq=seq)
