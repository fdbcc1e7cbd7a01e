"""Steps of an agent that runs outside the engine: it declares its plan and reports on its task as it goes.

Where to report is in the environment, see `ntro.auth`: with the agent's own key, Workspace gives a token for the cell,
which is renewed as long as it takes. What is reported becomes events of the task's audit log. People answer a request
in the task's page, or by `POST /tasks/{task}/requests/{request}/answer`.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

    from ntro.types.wire import DisplayHint, PendingAction, StepEvent
    from ntro.workflow._push import Push

_WIRE = ("DisplayHint", "PendingAction", "StepEvent")

__all__ = ["DisplayHint", "PendingAction", "Step", "StepContext", "StepEvent", "plan", "transition"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a declared plan. `icon` is a Lucide name."""

    id: str
    title: str
    icon: str | None = None


@dataclass(slots=True)
class StepContext:
    """A step that is under way; `transition` gives it."""

    step_id: str
    _push: "Push" = field(repr=False)
    _result: Any = None
    _telling: "list[asyncio.Task[None]]" = field(default_factory=list, repr=False)

    def progress(self, text: str) -> None:
        """Say what goes on; it is on its way when this returns, and has arrived when the step ends."""
        import asyncio  # noqa: PLC0415 - `import ntro.workflow` stays light

        before = self._telling[-1] if self._telling else None
        self._telling.append(asyncio.create_task(self._tell(text, before)))

    async def request_file(
        self,
        *,
        source: str,
        schema: str,
        component: str = "FILE_UPLOAD",
        instructions: str | None = None,
        accept: list[str] | None = None,
        max_size_mb: int | None = None,
        timeout_s: float | None = None,
    ) -> dict[str, Any]:
        """Ask for a document and return what was said of it when it was there.

        Raises:
            TimeoutError: nobody answered within `timeout_s` seconds; without it, it waits as long as it takes.
        """
        config = {"source": source, "instructions": instructions, "accept": accept, "max_size_mb": max_size_mb}
        return await self._ask(
            {
                "kind": "submit_file",
                "args": {"source": source, "schema_slug": schema},
                "display_hint": _hint(component, config),
            },
            timeout_s,
        )

    async def request_approval(
        self,
        *,
        payload: Any,
        component: str = "APPROVAL_FORM",
        title: str | None = None,
        approve_label: str | None = None,
        reject_label: str | None = None,
        timeout_s: float | None = None,
    ) -> dict[str, Any]:
        """Ask for a decision on `payload` and return it: `action`, `reason`, `actedBy`.

        Raises:
            TimeoutError: nobody answered within `timeout_s` seconds; without it, it waits as long as it takes.
        """
        config = {"title": title, "approve_label": approve_label, "reject_label": reject_label}
        return await self._ask(
            {"kind": "interactive_review", "payload": payload, "display_hint": _hint(component, config)}, timeout_s
        )

    def complete(self, payload: Any = None) -> None:
        """Say what the step came to; it is reported when the step ends."""
        self._result = payload

    async def _ask(self, pending: dict[str, Any], timeout_s: float | None) -> dict[str, Any]:
        from ntro.types.wire import PendingAction  # noqa: PLC0415 - this module loads no pydantic

        return await self._push.ask(self.step_id, PendingAction.model_validate(pending), timeout_s)

    async def _tell(self, text: str, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await before
        await self._push.tell(self.step_id, text)


async def plan(steps: Sequence[Step], *, push: "Push | None" = None) -> None:
    """Declare the steps, in order.

    Args:
        steps: what will be done.
        push: the connection; one from the environment when not given.

    Raises:
        RuntimeError: the environment says neither where to report nor on which task.
        ntro.workspace.errors.NtroError: the task did not take the report.
    """
    from ntro.types.wire import StepDescriptor  # noqa: PLC0415 - this module loads no pydantic

    declared = [StepDescriptor(id=step.id, title=step.title, icon=step.icon, status="pending") for step in steps]
    async with _connected(push) as connection:
        await connection.declare(declared)


@asynccontextmanager
async def transition(step_id: str, *, push: "Push | None" = None) -> AsyncIterator[StepContext]:
    """Report that a step begins, and when the block ends, that it is done or that it failed.

    Raises:
        RuntimeError: the environment says neither where to report nor on which task.
        ntro.workspace.errors.NtroError: the task did not take the report.
    """
    async with _connected(push) as connection:
        context = StepContext(step_id, connection)
        await connection.report("step_started", step_id)
        try:
            yield context
            for told in context._telling:  # noqa: SLF001 - one part
                await told
        except Exception as error:
            await connection.report("step_failed", step_id, error=f"{type(error).__name__}: {error}")
            raise
        await connection.report("step_completed", step_id, payload=context._result)  # noqa: SLF001 - as above


@asynccontextmanager
async def _connected(push: "Push | None") -> "AsyncIterator[Push]":
    """The given connection, or one from the environment that is closed afterwards."""
    if push is not None:
        yield push
        return
    from ntro.auth import read_config  # noqa: PLC0415 - loaded by those who report
    from ntro.workflow._push import Push  # noqa: PLC0415 - brings the HTTP client

    own = Push(read_config())
    try:
        yield own
    finally:
        await own.aclose()


def _hint(component: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"component": component, "config": {key: value for key, value in config.items() if value is not None}}


def __getattr__(name: str) -> Any:
    # The models load when they are used: `import ntro.workflow` binds this module and loads no pydantic.
    if name not in _WIRE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ntro.types import wire  # noqa: PLC0415 - as above

    return getattr(wire, name)
