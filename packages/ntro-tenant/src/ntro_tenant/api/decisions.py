"""Decisions at gates and edits of rows."""

from fastapi import APIRouter

from ntro_tenant.api import schemas
from ntro_tenant.api.addresses import TaskAddress
from ntro_tenant.api.authentication import CellDependency, Decider, Writer
from ntro_tenant.api.exact_json import ExactRoute
from ntro_tenant.core import decisions, row_actions
from ntro_tenant.core.agent_gates import check_agent_decision

router = APIRouter(prefix="/tasks", tags=["decisions"], route_class=ExactRoute)


@router.post("/{task}/action")
async def decide(
    cell: CellDependency, person: Writer, task: TaskAddress, body: schemas.DecisionBody
) -> schemas.Decided:
    """Decides the gate and waits for the run to take it, 20 s at most. The same request again is answered the same.

    An agent decides only gates that the tenant lets agents decide, never a sign-off nor one for a second person.
    """
    corrections = body.corrections if isinstance(body.corrections, list) else [body.corrections or {}]
    said = decisions.Verdicts(
        action=body.type,
        comments=body.comments,
        gate_id=body.gate_id,
        payload_hash=body.payload_hash,
        corrections=tuple(item for item in corrections if item),
    )
    async with cell.transaction() as connection:
        if not person.may_decide:
            await check_agent_decision(connection, task, said)
        gate, decision = await decisions.decision_for(connection, cell.attention, task, person, said)
    async with cell.turnstile.turn(gate.id):
        await decisions.send_decision(await cell.temporal.client(), gate, decision)
    return schemas.Decided(gate_id=gate.id)


@router.post("/{task}/row-action")
async def act_on_row(
    cell: CellDependency, person: Decider, task: TaskAddress, body: schemas.RowActionBody
) -> schemas.Done:
    """Edits or rejects one row of a ledger at an open review, and tells its run."""
    action = row_actions.RowAction(
        ledger=body.ledger,
        action=body.action,
        row_id=body.row_id,
        field=body.field,
        value=body.value,
        gate_id=body.gate_id,
    )
    async with cell.transaction() as connection:
        run_id = await row_actions.apply_row_action(connection, task, person, action)
    await cell.signals.deliver(run_id)
    return schemas.Done()
