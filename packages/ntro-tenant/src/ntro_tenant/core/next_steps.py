"""What whoever drives a task has to do next, in the words of the published clients. Pure."""

from dataclasses import dataclass
from typing import Any, Literal

from ntro_tenant.core.views import SUBMIT_KINDS, GateView, TaskDetail

Action = Literal["wait", "submit_file", "review", "done", "error_terminal"]


@dataclass(frozen=True, slots=True)
class NextStep:
    """`gate` is set for `submit_file` and `review`, `failure` for `error_terminal`, `result` for `done`."""

    action: Action
    status: str
    gate: GateView | None = None
    failure: Any = None
    result: Any = None


def next_step(detail: TaskDetail) -> NextStep:
    """The next step of a task or run; where only runs below it wait, the gate of the first of those."""
    match detail.status:
        case "COMPLETED":
            return NextStep("done", detail.status, result=detail.result)
        case "FAILED":
            return NextStep("error_terminal", detail.status, failure=detail.failure)
    gate = detail.next_gate
    if gate is None:
        return NextStep("wait", detail.status)
    return NextStep("submit_file" if gate.kind in SUBMIT_KINDS else "review", detail.status, gate=gate)
