"""The state of a run as its events tell it: which steps are done, which gate is open, how many children run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ntro.workspace.cell import CellEvent

ENDS = frozenset({"run.completed", "run.failed", "run.cancelled"})
"""Types of the events after which nothing more happens in a run."""

_STEP_STATES = {"step.started": "running", "step.completed": "done", "step.failed": "failed"}


@dataclass(slots=True)
class StepLine:
    """A step on the screen."""

    title: str
    state: str = "to do"


@dataclass(slots=True)
class RunView:
    """What is shown of one run. Events of its children only move the counts."""

    task: str
    steps: dict[str, StepLine] = field(default_factory=dict)
    open_gates: dict[str, str] = field(default_factory=dict)
    children: dict[str, str] = field(default_factory=dict)
    rejected: bool = False
    ended: bool = False

    def take(self, event: CellEvent) -> str | None:
        """Moves the view; answers a line to print where a person wants to know of the event."""
        if event.type.startswith("gate."):
            return self._gate(event)
        if event.type.startswith("child."):
            return self._child(event)
        if event.runId not in {None, self.task}:
            return None
        return self._step(event) if event.type in _STEP_STATES else self._run(event)

    def _run(self, event: CellEvent) -> str | None:
        if event.type == "run.started":
            self._plan(event.data)
        self.ended = event.type in ENDS
        return event.type.removeprefix("run.") if event.type.startswith("run.") else None

    def _plan(self, payload: Mapping[str, object]) -> None:
        steps = payload.get("steps")
        for step in steps if isinstance(steps, list) else []:
            if isinstance(step, dict) and "id" in step:
                self.steps.setdefault(str(step["id"]), StepLine(str(step.get("title") or step["id"])))

    def _step(self, event: CellEvent) -> str:
        step = str(event.data.get("step_id", ""))
        line = self.steps.setdefault(step, StepLine(str(event.data.get("title") or step)))
        line.state = _STEP_STATES[event.type]
        return f"{line.title}: {line.state}"

    def _gate(self, event: CellEvent) -> str:
        gate = str(event.data.get("gate_id", ""))
        if event.type == "gate.updated":
            return f"shows something new: {self.open_gates.get(gate, gate)}"
        if event.type == "gate.opened":
            self.open_gates[gate] = str(event.data.get("reason") or event.data.get("kind") or gate)
            return f"waits for a person: {self.open_gates[gate]}"
        self.open_gates.pop(gate, None)
        decision = event.data.get("decision")
        action = str(decision.get("action", "")) if isinstance(decision, dict) else ""
        self.rejected = action == "rejected"
        return f"gate closed: {action or event.data.get('outcome', '')}"

    def _child(self, event: CellEvent) -> str:
        child = str(event.data.get("workflow_id", ""))
        state = "running" if event.type == "child.started" else str(event.data.get("status", "closed"))
        self.children[child] = state
        return f"{child.partition(':')[2] or child}: {state}"
