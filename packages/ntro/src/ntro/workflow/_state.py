"""The state of a run, set up for every instance even when a subclass forgets `super().__init__()`."""

import asyncio
from dataclasses import dataclass
from typing import Any, Self

from ntro.workflow._gate import Gate
from ntro.workflow._recorder import Recorder
from ntro.workflow.decisions import DecisionReceipt
from ntro.workflow.user_action import UserAction


class ChildHandle:
    """A child run under a step of its parent."""

    __slots__ = ("result", "run_id", "slug", "status", "step_id", "workflow_id")

    def __init__(self, *, workflow_id: str, run_id: str, step_id: str, slug: str) -> None:
        self.workflow_id = workflow_id
        self.run_id = run_id
        self.step_id = step_id
        self.slug = slug
        self.status = "running"
        self.result: Any = None


@dataclass(slots=True)
class SignOff:
    """The latest sign-off of a name: what was signed, by which decision, shown at which step.

    `suspension` tells what moved since; none while it stands.
    """

    payload: Any
    decision: UserAction
    step_id: str | None
    suspension: dict[str, Any] | None = None


class WorkflowState:
    """The names that runbooks read and write keep the published spelling."""

    _current_step_id: str | None
    _steps_completed: list[str]
    _children_by_step_id: dict[str, list[ChildHandle]]
    _received_user_action: dict[str, Any] | None
    _pending_row_actions: list[dict[str, Any]]
    _pending_payload: Any
    _pending_action: dict[str, Any] | None
    _user_feedback: dict[str, Any] | None
    _step_snapshots: dict[str, dict[str, Any]]
    _gate_token: int
    _ai_config: dict[str, Any] | None

    _recorder: Recorder
    _step_stack: list[str]
    _failed_steps: list[str]
    _visits: dict[str, int]
    _captured_visits: set[tuple[str, int]]
    _feedback_step: str | None
    _feedback_awaits_gate: bool
    _gate: Gate | None
    _gate_turn: asyncio.Lock
    _child_ids: set[str]
    _closed_gates: dict[str, str]
    _receipts: dict[str, DecisionReceipt]
    _actors: set[str]
    _signers: dict[str, set[str]]
    _sign_offs: dict[str, SignOff]
    _reports_due: bool
    _submitted: bool

    def __new__(cls, *_args: object, **_kwargs: object) -> Self:
        self = super().__new__(cls)
        self._set_up()
        return self

    def _set_up(self) -> None:
        self._current_step_id = None
        self._steps_completed = []
        self._children_by_step_id = {}
        self._received_user_action = None
        self._pending_row_actions = []
        self._pending_payload = None
        self._pending_action = None
        self._user_feedback = None
        self._step_snapshots = {}
        self._gate_token = 0
        self._ai_config = None
        self._recorder = Recorder()
        self._step_stack = []
        self._failed_steps = []
        self._visits = {}
        self._captured_visits = set()
        self._feedback_step = None
        self._feedback_awaits_gate = False
        self._gate = None
        self._gate_turn = asyncio.Lock()
        self._child_ids = set()
        self._closed_gates = {}
        self._receipts = {}
        self._actors = set()
        self._signers = {}
        self._sign_offs = {}
        self._reports_due = False
        self._submitted = False
