"""The base class of every runbook."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from temporalio import workflow

from ntro.workflow._definitions import activity_name
from ntro.workflow._documents import Documents
from ntro.workflow.payloads import json_safe

if TYPE_CHECKING:
    from ntro.workflow.task import PreviousTaskHandle

_ACTIVITY_TIMEOUT = timedelta(minutes=5)


class NtroWorkflow(Documents):
    """Subclass it, decorate the class with `workflow.defn` or `runbook.defn` and its phases with `ui_step`.

    Registered for every subclass: the queries `current_pending_action`, `current_steps`, `current_ui_state`,
    `step_snapshots` and `children_by_step_id`, the signal `user_action` and the Update `decide`.
    """

    def use_ai_config(self, value: Any) -> None:
        """Use this provider for quality checks: a tenant's configuration or its `ai` part. None or empty clears it."""
        config = value.model_dump() if isinstance(value, BaseModel) else value
        if isinstance(config, dict) and ("ai" in config or "tenant_slug" in config):
            config = config.get("ai")
        self._ai_config = config if isinstance(config, dict) and config.get("provider") else None

    def record_event(self, event_type: str, payload: dict[str, Any] | BaseModel) -> None:
        """Put a business event, such as `trial_balance.verified`, into the run's audit log.

        Raises:
            TypeError: the payload has no JSON form.
        """
        self._recorder.add("business", event_type=event_type, payload=json_safe(payload))

    async def run_step(self, step_id: str, fn: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        """Run an activity or a coroutine function as a step that is not part of the breadcrumb.

        For an activity, `options` are the engine's, with five minutes from start to close when no timeout is given.
        """
        with self._step(step_id) as visit:
            if activity_name(fn) is None:
                visit.result = await fn(*args, **options)
            else:
                options.setdefault("start_to_close_timeout", _ACTIVITY_TIMEOUT)
                visit.result = await workflow.execute_activity(fn, args=list(args), **options)
        return visit.result

    async def load_previous_task(
        self, *, workflow_slug: str, entity_id: str, before_period: str | None = None
    ) -> "PreviousTaskHandle | None":
        """The latest completed task of a runbook for an entity; see `ntro.workflow.task.previous`."""
        from ntro.workflow import task  # noqa: PLC0415 - the module imports activities that a class body must not load

        return await task.previous(workflow_slug=workflow_slug, entity_id=entity_id, before_period=before_period)

    async def find_committed_document(
        self, *, workflow_slug: str, entity_id: str, source: str, before_period: str | None = None
    ) -> dict[str, Any] | None:
        """A document that an earlier task committed; see `ntro.workflow.task.find_committed_document`."""
        from ntro.workflow import task  # noqa: PLC0415 - as above

        return await task.find_committed_document(
            workflow_slug=workflow_slug, entity_id=entity_id, source=source, before_period=before_period
        )

    @workflow.query
    def current_pending_action(self) -> dict[str, Any] | None:
        """The open gate, else where to look in the children that run, else nothing."""
        if self._pending_action is not None:
            return self._pending_action
        running = [
            {"task_id": child.workflow_id, "step_id": child.step_id, "slug": child.slug}
            for children in self._children_by_step_id.values()
            for child in children
            if child.status == "running"
        ]
        if not running:
            return None
        return {"kind": "drill_down", "action": "drill_down", "reason": "Waiting for child runs", "children": running}

    @workflow.query
    def current_steps(self) -> list[dict[str, Any]]:
        """The steps of the class in order, each with its status."""
        return self._step_statuses()

    @workflow.query
    def current_ui_state(self) -> dict[str, Any]:
        """What a page needs in one read."""
        return {
            "current_step_id": self._current_step_id,
            "steps_completed": list(self._steps_completed),
            "children": self._children("run_id", "slug", "status"),
            "pending_payload": self._pending_payload,
        }

    @workflow.query
    def step_snapshots(self) -> dict[str, dict[str, Any]]:
        """What each step showed when it ended."""
        return self._step_snapshots

    @workflow.query
    def children_by_step_id(self) -> dict[str, list[dict[str, Any]]]:
        """The child runs under each step."""
        return self._children("workflow_id", "run_id", "slug", "status")

    def _children(self, *keys: str) -> dict[str, list[dict[str, Any]]]:
        return {
            step: [{key: getattr(child, key) for key in keys} for child in children]
            for step, children in self._children_by_step_id.items()
        }
