"""Gates: signing one is a person's act, so a tool prepares it and says who signs it, and where.

The decision is put to the cell in the name of an agent. It takes it only where the tenant lets agents decide that
gate; its refusal is shown in its own words.
"""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from ntro.workspace.cell import Gate
from ntro.workspace.errors import AuthorizationError
from ntro.workspace.models import Task
from ntro_mcp.caller import Caller
from ntro_mcp.errors import ToolUsageError
from ntro_mcp.hints import CHANGES
from ntro_mcp.registering import Group, tool
from ntro_mcp.tools.arguments import TaskId

AGENT_ROLE = "agent"
_REVIEW = "interactive_review"

Decision = Literal["approved", "rejected"]
Reason = Annotated[str | None, Field(max_length=4000, description="Kept with the decision.")]
GateId = Annotated[str | None, Field(description="Which gate, where several are open.")]
PayloadHash = Annotated[
    str | None,
    Field(description="payloadHash of what was looked at; the call fails if something else is shown by now."),
]


class GateDecision(BaseModel):
    """Either `decided`, or `needs_person`: then a person signs at `link`, and `refusal` says why the agent may not.

    `payloadHash` names exactly what would be signed; it and the gate are missing where the caller may not see them.
    `signers` says whose signature it takes.
    """

    state: Literal["decided", "needs_person"]
    decision: Decision
    taskId: str
    gateId: str | None = None
    stepId: str | None = None
    reason: str | None = None
    payloadHash: str | None = None
    signers: str
    link: str | None = None
    refusal: str | None = None
    nextStep: str


class DecisionTools(Group):
    """`ntro_task_approve` and `ntro_task_reject`."""

    @tool("ntro_task_approve", title="Prepare an approval", hints=CHANGES)
    async def approve(
        self,
        task_id: TaskId = None,
        reason: Reason = None,
        gate_id: GateId = None,
        payload_hash: PayloadHash = None,
    ) -> GateDecision:
        """Prepares the approval of what a gate shows and says who signs it where; a person does.

        Only where the tenant lets agents decide this gate is it decided by the call itself.
        """
        return await self._decide("approved", task_id, reason, gate_id, payload_hash)

    @tool("ntro_task_reject", title="Prepare a rejection", hints=CHANGES)
    async def reject(
        self,
        task_id: TaskId = None,
        reason: Reason = None,
        gate_id: GateId = None,
        payload_hash: PayloadHash = None,
    ) -> GateDecision:
        """Prepares the rejection of what a gate shows and says who signs it where; a person does.

        Only where the tenant lets agents decide this gate is it decided by the call itself.
        """
        return await self._decide("rejected", task_id, reason, gate_id, payload_hash)

    async def _decide(
        self, decision: Decision, task_id: str | None, reason: str | None, gate_id: str | None, expected: str | None
    ) -> GateDecision:
        caller = await self.caller()
        task = caller.task_of(task_id)
        row = await caller.row_of(task)
        try:
            gates = (await caller.client.cell(row.tenantId).tasks.ui(task)).gates
        except AuthorizationError as error:
            return _answer(decision, task, row, None, error.message)
        gate = _meant(gates, task, gate_id)
        _check_shown(gate, expected)
        refusal = await _ask_as_agent(caller, row, task, gate, decision, reason)
        return _answer(decision, task, row, gate, refusal)


async def _ask_as_agent(
    caller: Caller, row: Task, task: str, gate: Gate, decision: Decision, reason: str | None
) -> str | None:
    """None once the cell has taken the decision from an agent, else the words of the refusal."""
    cell = caller.client.cell(row.tenantId, roles=(AGENT_ROLE,))
    try:
        await cell.tasks.action(task, decision, comments=reason, gate_id=gate.id, payload_hash=gate.payloadHash)
    except AuthorizationError as error:
        return error.message
    return None


def _answer(decision: Decision, task: str, row: Task, gate: Gate | None, refusal: str | None) -> GateDecision:
    link = row.links.workflow_ui if row.links else None
    people = f"Ask a person to look and sign at {link or 'the page of the task'}; then watch with ntro_run_watch."
    return GateDecision(
        state="decided" if refusal is None else "needs_person",
        decision=decision,
        taskId=task,
        gateId=gate and gate.id,
        stepId=gate and gate.stepId,
        reason=gate and gate.reason,
        payloadHash=gate and gate.payloadHash,
        signers="a reviewer who did not prepare it" if gate and gate.fourEyes else "a reviewer",
        link=link,
        refusal=refusal,
        nextStep="Watch the run with ntro_run_watch." if refusal is None else people,
    )


def _meant(gates: list[Gate], task: str, wanted: str | None) -> Gate:
    """The gate that is named, or the only one that can be decided."""
    reviews = [gate for gate in gates if gate.kind == _REVIEW and wanted in (None, gate.id)]
    if len(reviews) == 1:
        return reviews[0]
    if not reviews:
        raise ToolUsageError(
            f"The task {task} waits for no such decision.", code="gate_not_open", hint="Ask ntro_task_next_step."
        )
    choices = ", ".join(f"{gate.id} ({gate.reason or gate.stepId})" for gate in reviews)
    raise ToolUsageError(f"Several gates are open: {choices}.", code="several_gates", hint="Say which with gate_id.")


def _check_shown(gate: Gate, expected: str | None) -> None:
    if expected is not None and expected != gate.payloadHash:
        raise ToolUsageError(
            f"What gate {gate.id} shows has the hash {gate.payloadHash}, not {expected}.",
            code="payload_changed",
            hint="Look at it again with ntro_task_next_step.",
        )
