"""Run records: what a workflow reports of itself while it runs, for the cell's recorder and for tests.

The base class collects records in order and hands them over in batches through the local activity `ntro.record`.
A record is identified by `(workflow_id, run_id, n)`, so handing one over again changes nothing.
`data` holds JSON values only.

========================  =========================================================================================
type                      data
========================  =========================================================================================
``run.started``           slug, workflow_type, parent_workflow_id, parent_step_id, steps (id, title, icon each)
``run.completed``         result
``run.failed``            error_type, message, step_id
``run.cancelled``         step_id
``step.started``          step_id, title, icon, visit
``step.completed``        step_id, visit, snapshot (display_hint, payload, decision, checks, completed_at)
``step.failed``           step_id, visit, error_type, message
``gate.opened``           gate_id, step_id, kind, reason, display_hint, payload, payload_hash, args, tools,
                          four_eyes, sign_off, deadline
``gate.updated``          gate_id and what changed: payload, payload_hash, display_hint, feedback, checks
``gate.closed``           gate_id, outcome (decided, satisfied, timed_out, cancelled), decision
``decision.ignored``      gate_id, actor, reason
``child.started``         workflow_id, step_id, slug
``child.closed``          workflow_id, step_id, slug, status (completed, failed)
``business``              event_type, payload
========================  =========================================================================================
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

RECORD_ACTIVITY = "ntro.record"
RECORDED_QUEUE_PREFIX = "runbook:"

RecordType = Literal[
    "run.started",
    "run.completed",
    "run.failed",
    "run.cancelled",
    "step.started",
    "step.completed",
    "step.failed",
    "gate.opened",
    "gate.updated",
    "gate.closed",
    "decision.ignored",
    "child.started",
    "child.closed",
    "business",
]


class RunRecord(BaseModel):
    """One thing that happened in a run. `n` counts from 1 within a workflow run, `at` is aware UTC workflow time."""

    model_config = ConfigDict(frozen=True)

    n: int
    type: RecordType
    at: datetime
    data: dict[str, Any]


class RecordBatch(BaseModel):
    """Records of one workflow run, in order. `task_id` is the root of the run's tree."""

    model_config = ConfigDict(frozen=True)

    workflow_id: str
    run_id: str
    task_id: str
    records: list[RunRecord]
