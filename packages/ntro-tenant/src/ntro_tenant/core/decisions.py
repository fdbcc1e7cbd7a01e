"""A person's decision at a gate: which gate is meant, who may decide, what the run answered."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import asyncpg
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from ntro.types.canonical import canonical_json
from ntro.workflow.decisions import DECIDE_UPDATE, FOUR_EYES, Decision, DecisionReceipt, Verdict
from ntro_server.errors import ApiError, Conflict, Forbidden, Unavailable
from ntro_tenant.core.attention import Attention
from ntro_tenant.core.people import Person
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.tasks import find_task
from ntro_tenant.core.temporal import UNAVAILABLE_HINT
from ntro_tenant.core.views import REVIEW_KIND, GateView
from ntro_tenant.db import gates_repository

ANSWER_SECONDS = 20.0
_NAMESPACE = UUID("5c8e2f0e-6e6b-4c55-9d5e-0b5f3c9f8a51")
_NAME_IT = "Read the task's gates and name the one you mean by gateId."


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a person said. Without `gate_id` the only open review gate is meant, if they can know of it."""

    action: Verdict
    comments: str | None = None
    gate_id: str | None = None
    payload_hash: str | None = None
    corrections: tuple[dict[str, Any], ...] = ()


async def decision_for(
    connection: asyncpg.Connection, attention: Attention, reference: TaskReference, person: Person, said: Verdicts
) -> tuple[GateView, Decision]:
    """The open gate that is meant and the decision to send to its run.

    Raises:
        NotFound: there is no such task or run.
        Conflict: no such review gate is open; or none was named, and several are open or the only one opened after
            the person last looked and decided.
    """
    await find_task(connection, reference)
    gates = await gates_repository.open_gates(connection, reference.task_id, reference.run_id)
    gate = _meant(gates, said.gate_id)
    if said.gate_id is None and not attention.may_mean(person.subject, reference.task_id, gate.id):
        raise Conflict(
            f"Gate {gate.id} opened since you last looked; a decision without a gateId cannot be for it.",
            hint=_NAME_IT,
        )
    attention.note(person.subject, reference.task_id, (gate.id for gate in gates))
    return gate, _decision(gate, person, said)


async def send_decision(client: Client, gate: GateView, decision: Decision) -> None:
    """Hands the decision to the gate's run and waits for its answer, 20 s at most.

    Sending the same decision again is answered as the first time.

    Raises:
        Conflict: the gate has closed, was decided otherwise, or shows something else by now.
        Forbidden: the gate asks for a second person.
        Unavailable: the run's worker or the engine did not answer in time.
    """
    handle = client.get_workflow_handle(gate.run_id)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await handle.execute_update(DECIDE_UPDATE, decision, id=decision.decision_id, result_type=DecisionReceipt)
    except WorkflowUpdateFailedError as error:
        raise _refusal(error.cause) from error
    except (WorkflowUpdateRPCTimeoutOrCancelledError, TimeoutError) as error:
        raise Unavailable(
            "The run has not answered yet; its worker may be away.",
            hint="Send the same decision again in a moment: it is applied once.",
        ) from error
    except RPCError as error:
        raise _unreachable(error) from error


def _meant(gates: list[GateView], gate_id: str | None) -> GateView:
    reviews = [gate for gate in gates if gate.kind == REVIEW_KIND and gate_id in (None, gate.id)]
    if len(reviews) == 1:
        return reviews[0]
    if reviews:
        raise Conflict(f"{len(reviews)} gates of this task wait for a decision.", hint=_NAME_IT)
    if gate_id is not None:
        raise Conflict(f"Gate {gate_id} of this task is not open for a decision.", hint=_NAME_IT)
    raise Conflict("Nothing waits for a decision here.", hint="Ask for the next step.")


def _decision(gate: GateView, person: Person, said: Verdicts) -> Decision:
    shown = said.payload_hash or gate.payload_hash
    same = [gate.id, shown, person.subject, said.action, said.comments, list(said.corrections)]
    return Decision(
        gate_id=gate.id,
        action=said.action,
        decision_id=str(uuid5(_NAMESPACE, canonical_json(same))),
        actor=person.subject,
        acted_at=datetime.now(UTC),
        reason=said.comments,
        corrections=list(said.corrections),
        payload_hash=shown,
    )


def _refusal(cause: BaseException) -> ApiError:
    message = str(getattr(cause, "message", cause))
    if isinstance(cause, ApplicationError) and cause.type == FOUR_EYES:
        return Forbidden(message, hint="Ask a second person to decide.")
    return Conflict(message, hint="Reload: what is shown may have changed.")


def _unreachable(error: RPCError) -> ApiError:
    if error.status is RPCStatusCode.NOT_FOUND:
        return Conflict("The run has ended; nothing waits for a decision.", hint="Reload the task.")
    return Unavailable("The workflow engine does not answer.", hint=UNAVAILABLE_HINT)
