"""Answers the gates of a run and of its children as they open."""

import asyncio
import time
from collections import Counter
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.service import RPCError

from ntro.testing.results import StepEvent
from ntro.testing.scenarios import Scenario
from ntro.testing.submissions import DOCUMENT, own_submissions, payload_of, slots_of
from ntro.testing.time_skipping import let_time_pass, stop_time
from ntro.workflow._gate import REVIEW
from ntro.workflow.decisions import DECIDE_UPDATE, Decision, DecisionReceipt
from ntro.workflow.records import RecordBatch, RunRecord

MAX_ANSWERS = 100
"""How often the gates of one step are answered; a runbook that asks again without end is stopped there."""

_IGNORED = "ignored"
_APPROVED = "approved"
_CORRECTED = "corrected"


class Driver:
    """The people of one run. It is told of every record; `run` does what the scenario says.

    A gate that will be answered stops the clock until it closes: otherwise the server would skip to its deadline first.
    A record is handed over before the turn that opened the gate is committed, so the clock stops in time.
    """

    def __init__(self, client: Client, scenario: Scenario) -> None:
        self._client = client
        self._scenario = scenario
        self._began = time.monotonic()
        self._todo: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._clock_stopped_by: set[str] = set()
        self._sent_to_child: set[str] = set()
        self._sent_at_gate: set[str] = set()
        self._seen: set[tuple[str, str, int]] = set()
        self._corrected: set[tuple[str, str | None]] = set()
        self._answered: Counter[tuple[str, str | None]] = Counter()
        self.records: dict[str, list[RunRecord]] = {}
        self.events: list[StepEvent] = []
        self.open_gates: dict[str, dict[str, Any]] = {}

    async def record(self, batch: RecordBatch) -> None:
        """Take a batch, each record once."""
        for record in batch.records:
            key = (batch.workflow_id, batch.run_id, record.n)
            if key not in self._seen:
                self._seen.add(key)
                self.records.setdefault(batch.workflow_id, []).append(record)
                await self._notice(batch.workflow_id, record)

    async def run(self) -> None:
        """Answer gates until cancelled. An answer that comes too late is an event, not an error of the run."""
        while True:
            workflow_id, gate = await self._todo.get()
            try:
                await (self._review if gate["kind"] == REVIEW else self._submit)(workflow_id, gate)
            except (RPCError, WorkflowUpdateFailedError) as error:
                self.say("error", workflow_id, step_id=gate["step_id"], message=_told(error))
                await self._let_time_pass(gate["gate_id"])

    def say(self, kind: Any, workflow_id: str, **detail: Any) -> None:
        """Add an event."""
        moment = round(time.monotonic() - self._began, 3)
        self.events.append(StepEvent(kind=kind, workflow_id=workflow_id, detail=detail, timestamp_s=moment))

    async def _notice(self, workflow_id: str, record: RunRecord) -> None:
        data = record.data
        if record.type == "gate.opened":
            await self._gate_opened(workflow_id, data)
        elif record.type == "gate.closed":
            self.open_gates.pop(data["gate_id"], None)
            await self._let_time_pass(data["gate_id"])
        elif record.type == "child.started":
            self.say("drill_down", workflow_id, step_id=data["step_id"], child=data["workflow_id"])
            self._child_started(data["workflow_id"])

    async def _gate_opened(self, workflow_id: str, gate: dict[str, Any]) -> None:
        self.open_gates[gate["gate_id"]] = gate
        due = self._due(workflow_id, gate)
        if due is None or not self._may_answer(workflow_id, gate):
            return
        self._clock_stopped_by.add(gate["gate_id"])
        await stop_time(self._client)
        for answer in due:
            self._todo.put_nowait((workflow_id, answer))

    def _due(self, workflow_id: str, gate: dict[str, Any]) -> list[dict[str, Any]] | None:
        """What is to be done at a gate; none where nobody does anything."""
        if self._scenario.response_for_review(gate["step_id"]) == _IGNORED:
            return None
        if gate["kind"] == REVIEW:
            return [gate]
        if gate["kind"] == "submit_file" and self._sent_through_slot(workflow_id):
            return []
        return [{**gate, "args": args} for args in own_submissions(workflow_id, gate)] or None

    def _may_answer(self, workflow_id: str, gate: dict[str, Any]) -> bool:
        place = (workflow_id, gate["step_id"])
        self._answered[place] += 1
        if self._answered[place] <= MAX_ANSWERS:
            return True
        self.say("error", workflow_id, step_id=gate["step_id"], message=f"the step asked more than {MAX_ANSWERS} times")
        return False

    def _sent_through_slot(self, workflow_id: str) -> bool:
        """Whether the slot of a parent sends the document of this gate; a gate that opens again gets its own."""
        if workflow_id in self._sent_to_child:
            self._sent_to_child.remove(workflow_id)
            return True
        self._sent_at_gate.add(workflow_id)
        return False

    async def _let_time_pass(self, gate_id: str) -> None:
        if gate_id in self._clock_stopped_by:
            self._clock_stopped_by.remove(gate_id)
            await let_time_pass(self._client)

    def _child_started(self, child_id: str) -> None:
        """A child whose parent shows a slot for it gets its document through that slot."""
        if child_id in self._sent_at_gate:
            return
        for gate in self.open_gates.values():
            if self._scenario.response_for_review(gate["step_id"]) == _IGNORED:
                continue
            for args in slots_of(gate):
                if args.get("signal_task_id") == child_id:
                    self._sent_to_child.add(child_id)
                    self._todo.put_nowait((child_id, {**gate, "kind": "submit_file", "args": args}))

    async def _review(self, workflow_id: str, gate: dict[str, Any]) -> None:
        step_id = gate["step_id"]
        action, corrections = self._answer(workflow_id, step_id)
        decision = Decision.model_validate(
            {
                "gate_id": gate["gate_id"],
                "action": action,
                "decision_id": str(uuid4()),
                "actor": self._scenario.actor or f"reviewer of {gate['gate_id']}",
                "corrections": corrections,
                "payload_hash": gate["payload_hash"],
            }
        )
        self.say("review", workflow_id, step_id=step_id, action=decision.action)
        handle = self._client.get_workflow_handle(workflow_id)
        await handle.execute_update(DECIDE_UPDATE, decision, result_type=DecisionReceipt)

    def _answer(self, workflow_id: str, step_id: str | None) -> tuple[str, list[dict[str, Any]]]:
        """The verdict and the corrections. What was corrected is shown again and decided then, as a person would."""
        action = self._scenario.response_for_review(step_id)
        corrections = self._scenario.corrections.get(step_id or "", [])
        if action == _CORRECTED or corrections:
            if (workflow_id, step_id) in self._corrected:
                return _APPROVED if action == _CORRECTED else action, []
            self._corrected.add((workflow_id, step_id))
        return action, corrections

    async def _submit(self, workflow_id: str, gate: dict[str, Any]) -> None:
        args = gate["args"]
        signal, target = args.get("signal_name", DOCUMENT), args.get("signal_task_id", workflow_id)
        source = args.get("source") or "document"
        self.say("submit_file", target, step_id=gate["step_id"], source=source, signal=signal)
        payload = payload_of(args, self._scenario, gate["step_id"])
        await self._client.get_workflow_handle(target).signal(signal, payload)


def _told(error: RPCError | WorkflowUpdateFailedError) -> str:
    return str(error.cause) if isinstance(error, WorkflowUpdateFailedError) else error.message
