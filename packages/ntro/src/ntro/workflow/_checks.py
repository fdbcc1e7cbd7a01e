"""Quality checks of a gate: asked one after the other, each answer told at the gate."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from ntro.capabilities.checks import QualityCheckItem, QualityCheckSpec, QualityChecksResult, run_quality_check
from ntro.workflow._failures import describe
from ntro.workflow._feedback import Feedback
from ntro.workflow._gate import Gate
from ntro.workflow.payloads import json_safe

CHECK_TIMEOUT = timedelta(minutes=2)
_TOO_LATE = "The gate closed before this was checked."

Specs = Sequence[QualityCheckSpec | Mapping[str, Any]] | None
Values = Mapping[str, Any] | BaseModel | None
Submitted = Values | Callable[[], Values]
"""What is checked; a function is called when the checks begin."""


class Checks(Feedback):
    """Checks advise: whatever they find, people decide."""

    def _seed_checks(self, given: Specs, pending: dict[str, Any]) -> list[QualityCheckSpec]:
        """Show the checks of a gate that is about to open, all of them as running.

        Raises:
            pydantic.ValidationError: one is no check.
        """
        specs = [QualityCheckSpec.model_validate(spec) for spec in given or ()]
        if specs:
            pending["checks"] = _running([_item(spec) for spec in specs], completed=0)
        return specs

    @contextmanager
    def _checking(
        self, gate: Gate, specs: Sequence[QualityCheckSpec], submitted: Submitted, baseline: Values
    ) -> Iterator[None]:
        """Check as long as the block runs, beside it."""
        if not specs:
            yield
            return
        checking = asyncio.create_task(self._check_beside(gate, specs, submitted, baseline))
        try:
            yield
        finally:
            checking.cancel()

    async def _check_beside(
        self, gate: Gate, specs: Sequence[QualityCheckSpec], submitted: Submitted, baseline: Values
    ) -> None:
        with suppress(ActivityError):  # the only one that gets here is a check that was cancelled with its gate
            await self._check(gate, specs, submitted, baseline)

    async def _check(
        self, gate: Gate, specs: Sequence[QualityCheckSpec], submitted: Submitted, baseline: Values
    ) -> None:
        values = _values(submitted() if callable(submitted) else submitted) or {}
        compared = _values(baseline)
        items = [_item(spec) for spec in specs]
        for position, spec in enumerate(specs):
            items[position] = await self._ask(spec, values, compared)
            done = position + 1
            self._show_checks(gate, _running(items, completed=done) if done < len(items) else _settled(items))

    async def _ask(
        self, spec: QualityCheckSpec, submitted: dict[str, Any], baseline: dict[str, Any] | None
    ) -> QualityCheckItem:
        try:
            return await workflow.execute_activity(
                run_quality_check,
                args=[spec, submitted, baseline, self._ai_config],
                start_to_close_timeout=CHECK_TIMEOUT,
                # One that is being answered as its gate closes is left alone: its answer is no longer asked for.
                cancellation_type=workflow.ActivityCancellationType.ABANDON,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return _item(spec, status="fail", detail=describe(error).message)

    def _show_checks(self, gate: Gate, checks: dict[str, Any]) -> None:
        if self._gate is gate and self._pending_action is not None:
            self._pending_action["checks"] = checks
            self._recorder.add("gate.updated", gate_id=gate.id, checks=checks)

    def _settle_checks(self, gate: Gate) -> dict[str, Any] | None:
        """The checks as the gate leaves them when it closes: what has no answer yet is skipped."""
        checks: dict[str, Any] | None = (self._pending_action or {}).get("checks")
        if checks is None or checks["status"] != "running":
            return checks
        items = [QualityCheckItem.model_validate(item) for item in checks["items"]]
        late = {"status": "skipped", "detail": _TOO_LATE}
        checks = _settled([item.model_copy(update=late) if item.status == "running" else item for item in items])
        self._show_checks(gate, checks)
        return checks


def _item(spec: QualityCheckSpec, **found: Any) -> QualityCheckItem:
    return QualityCheckItem(id=spec.id, title=spec.title, source=spec.source, **({"status": "running"} | found))


def _running(items: Sequence[QualityCheckItem], *, completed: int) -> dict[str, Any]:
    return {
        "status": "running",
        "summary": f"{completed} of {len(items)} checked",
        "progress": {"completed": completed, "total": len(items)},
        "skipped_reason": None,
        "items": [item.model_dump(mode="json") for item in items],
    }


def _settled(items: Sequence[QualityCheckItem]) -> dict[str, Any]:
    return QualityChecksResult.of(items).model_dump(mode="json")


def _values(given: Values) -> dict[str, Any] | None:
    shown = json_safe(given)
    return shown if isinstance(shown, dict) else None
