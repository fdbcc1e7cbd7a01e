"""Steps of a run: which is active, which are done, what each showed when it ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from temporalio import workflow

from ntro.workflow._failures import describe
from ntro.workflow._state import WorkflowState
from ntro.workflow.payloads import json_safe

STEP_MARK = "__ntro_ui_step__"

# The step that the running coroutine belongs to: concurrent steps each keep their own.
_step_here: ContextVar[str | None] = ContextVar("ntro_step", default=None)


@dataclass(slots=True)
class Visit:
    """One execution of a step. `result` is what its body returned."""

    step_id: str
    title: str | None
    number: int
    result: Any = None


class Steps(WorkflowState):
    """Step lifecycle of the base class."""

    @classmethod
    def _declared_steps(cls) -> list[dict[str, Any]]:
        """Marks of all steps, base classes first, each in the order of its class body."""
        found: dict[str, dict[str, Any]] = {}
        for owner in reversed(cls.__mro__):
            for member in vars(owner).values():
                mark = getattr(member, STEP_MARK, None)
                if mark is not None:
                    found[mark["name"]] = mark
        return list(found.values())

    def _step_id_here(self) -> str | None:
        return self._step_inside() or self._current_step_id

    def _step_inside(self) -> str | None:
        """The step whose body runs; none between steps."""
        return _step_here.get() or (self._step_stack[-1] if self._step_stack else None)

    @contextmanager
    def _step(self, name: str, *, title: str | None = None, icon: str | None = None) -> Iterator[Visit]:
        outer = _step_here.get()
        visit = self._enter_step(name, title=title, icon=icon)
        try:
            yield visit
        except Exception as error:
            self._fail_step(visit, error)
            raise
        else:
            self._complete_step(visit)
        finally:
            self._leave_step(name, outer)

    def _enter_step(self, name: str, *, title: str | None, icon: str | None) -> Visit:
        _step_here.set(name)
        self._step_stack.append(name)
        self._current_step_id = name
        self._visits[name] = self._visits.get(name, 0) + 1
        self._recorder.add("step.started", step_id=name, title=title, icon=icon, visit=self._visits[name])
        return Visit(step_id=name, title=title, number=self._visits[name])

    def _fail_step(self, visit: Visit, error: Exception) -> None:
        failure = describe(error)
        self._failed_steps.append(visit.step_id)
        self._recorder.add(
            "step.failed",
            step_id=visit.step_id,
            visit=visit.number,
            error_type=failure.type,
            message=failure.message,
        )

    def _complete_step(self, visit: Visit) -> None:
        if visit.step_id not in self._steps_completed:
            self._steps_completed.append(visit.step_id)
        if visit.step_id in self._failed_steps:
            self._failed_steps.remove(visit.step_id)
        if visit.title is not None and (visit.step_id, visit.number) not in self._captured_visits:
            hint = {"component": "SUMMARY", "config": {"title": visit.title}}
            self._capture_step_snapshot(display_hint=hint, payload=_shown(visit.result), step_id=visit.step_id)
        snapshot = self._step_snapshots.get(visit.step_id)
        self._recorder.add("step.completed", step_id=visit.step_id, visit=visit.number, snapshot=snapshot)

    def _leave_step(self, name: str, outer: str | None) -> None:
        _step_here.set(outer)
        position = len(self._step_stack) - 1 - self._step_stack[::-1].index(name)
        del self._step_stack[position]
        if self._step_stack:
            self._current_step_id = self._step_stack[-1]

    def _capture_step_snapshot(
        self,
        *,
        display_hint: dict[str, Any] | None,
        payload: Any = None,
        decision: dict[str, Any] | None = None,
        checks: dict[str, Any] | None = None,
        step_id: str | None = None,
    ) -> None:
        """Keep what a step showed. The latest visit is on top, the ones before it are listed in `visits`."""
        step_id = step_id or self._step_id_here()
        if step_id is None:
            return
        self._captured_visits.add((step_id, self._visits.get(step_id, 0)))
        snapshot: dict[str, Any] = {
            "display_hint": display_hint or {"component": "SUMMARY", "config": {}},
            "completed_at": workflow.now().isoformat(),
        }
        optional = {"payload": payload, "decision": decision, "checks": checks}
        snapshot |= {key: value for key, value in optional.items() if value is not None}
        earlier = self._step_snapshots.get(step_id)
        if earlier is not None:
            top = {key: value for key, value in earlier.items() if key != "visits"}
            snapshot["visits"] = [top, *earlier.get("visits", [])]
        self._step_snapshots[step_id] = json_safe(snapshot)

    def _step_statuses(self) -> list[dict[str, Any]]:
        return [
            {"id": mark["name"], "title": mark["title"], "status": self._status_of(mark["name"])}
            | ({"icon": mark["icon"]} if mark["icon"] is not None else {})
            for mark in self._declared_steps()
        ]

    def _status_of(self, step_id: str) -> str:
        if step_id in self._step_stack:
            waiting = self._gate is not None and self._gate.step_id == step_id
            return "waiting_for_input" if waiting else "active"
        if step_id in self._failed_steps:
            return "failed"
        return "completed" if step_id in self._steps_completed else "pending"


def _shown(result: Any) -> Any:
    """What a step returned, as far as it can be shown: inside a run it may be anything."""
    try:
        return json_safe(result)
    except TypeError:
        return None
