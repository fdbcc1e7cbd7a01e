"""`runbook` and `activity`: thin names over the engine, so that a runbook needs one import."""

import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, NoReturn, TypeVar, TypeVarTuple, Unpack, overload
from uuid import UUID

from temporalio import activity as engine_activity
from temporalio import workflow as engine

from ntro.workflow._definitions import workflow_definition, workflow_type
from ntro.workflow._options import ActivityOptions, LocalActivityOptions
from ntro.workflow._waiting import Timeout, until
from ntro.workflow.decorators import ui_step
from ntro.workflow.registry import get_registered

R = TypeVar("R")
Given = TypeVarTuple("Given")

_ACTIVITY_TIMEOUT = timedelta(minutes=5)
_TIMEOUTS = ("start_to_close_timeout", "schedule_to_close_timeout")


class _Runbook:
    """What workflow code calls. Classes decorated here and by the engine's own names behave the same."""

    def __init__(self) -> None:
        # Attributes of the instance keep the engine's overloads for type checkers.
        self.defn = engine.defn
        self.run = engine.run
        self.init = engine.init
        self.signal = engine.signal
        self.query = engine.query
        self.update = engine.update
        self.info = engine.info
        self.now = engine.now
        self.patched = engine.patched
        self.upsert_search_attributes = engine.upsert_search_attributes
        self.step = ui_step

    @property
    def logger(self) -> "logging.LoggerAdapter[Any]":
        """Logs once, not again when a run is replayed."""
        return engine.logger

    @overload
    async def execute_activity(
        self, fn: Callable[[*Given], Awaitable[R]], /, *positional: *Given, **options: Unpack[ActivityOptions]
    ) -> R: ...
    @overload
    async def execute_activity(
        self, fn: Callable[[*Given], R], /, *positional: *Given, **options: Unpack[ActivityOptions]
    ) -> R: ...
    @overload
    async def execute_activity(
        self, fn: Callable[..., Awaitable[R]], /, *, args: Sequence[Any], **options: Unpack[ActivityOptions]
    ) -> R: ...
    @overload
    async def execute_activity(
        self, fn: Callable[..., R], /, *, args: Sequence[Any], **options: Unpack[ActivityOptions]
    ) -> R: ...
    @overload
    async def execute_activity(
        self, fn: str, /, *positional: Any, args: Sequence[Any] | None = None, **options: Unpack[ActivityOptions]
    ) -> Any: ...
    async def execute_activity(  # type: ignore[misc]  # mypy holds *Any to be narrower than the tuple of a function
        self, fn: Callable[..., Any] | str, /, *positional: Any, args: Sequence[Any] | None = None, **options: Any
    ) -> Any:
        """Run an activity and return its result.

        Args:
            fn: a decorated function, or its name.
            *positional: its arguments; None is one.
            args: its arguments as a list, instead; for a function with defaults as well.
            **options: the engine's, such as `start_to_close_timeout` (five minutes when no timeout is given),
                `retry_policy`, `result_type`; and `local=True` for a short step that needs no queue.
        """
        local = options.pop("local", False)
        if not any(name in options for name in _TIMEOUTS):
            options["start_to_close_timeout"] = _ACTIVITY_TIMEOUT
        given = _arguments(positional, args)
        if local:
            return await engine.execute_local_activity(fn, args=given, **options)
        return await engine.execute_activity(fn, args=given, **options)

    @overload
    async def execute_local_activity(
        self, fn: Callable[..., Awaitable[R]], /, *positional: Any, **options: Unpack[LocalActivityOptions]
    ) -> R: ...
    @overload
    async def execute_local_activity(
        self, fn: Callable[..., R], /, *positional: Any, **options: Unpack[LocalActivityOptions]
    ) -> R: ...
    @overload
    async def execute_local_activity(
        self, fn: str, /, *positional: Any, **options: Unpack[LocalActivityOptions]
    ) -> Any: ...
    async def execute_local_activity(self, fn: Callable[..., Any] | str, /, *positional: Any, **options: Any) -> Any:
        """Run a short activity in the workflow's own worker, without a round trip through a queue."""
        return await self.execute_activity(fn, *positional, **options, local=True)

    async def start_child_workflow(
        self, cls_or_slug: type | str, /, *positional: Any, args: Sequence[Any] | None = None, **options: Any
    ) -> engine.ChildWorkflowHandle[Any, Any]:
        """Start a child by class, by registered slug or by workflow type."""
        cls = get_registered(cls_or_slug) if isinstance(cls_or_slug, str) else cls_or_slug
        kind = str(cls_or_slug) if cls is None else workflow_type(cls)
        if cls is not None:
            options.setdefault("result_type", workflow_definition(cls).ret_type)
        return await engine.start_child_workflow(kind, args=_arguments(positional, args), **options)

    async def execute_child_workflow(
        self, cls_or_slug: type | str, /, *positional: Any, args: Sequence[Any] | None = None, **options: Any
    ) -> Any:
        """Start a child and return its result."""
        return await (await self.start_child_workflow(cls_or_slug, *positional, args=args, **options))

    async def wait_condition(self, predicate: Callable[[], bool], /, *, timeout: Timeout = None) -> None:  # noqa: ASYNC109 - the published name
        """Wait until `predicate` holds.

        Raises:
            TimeoutError: it did not hold in time.
        """
        await until(predicate, timeout)

    async def sleep(self, duration: timedelta | float) -> None:
        """Wait durably. Numbers are seconds."""
        await engine.sleep(duration)

    def uuid4(self) -> UUID:
        """A random id that replay repeats."""
        return engine.uuid4()

    def random(self) -> random.Random:
        """Random numbers that replay repeats."""
        return engine.random()

    def continue_as_new(self, *positional: Any, args: Sequence[Any] | None = None, **options: Any) -> NoReturn:
        """End this run and go on as a new one with a short history."""
        engine.continue_as_new(args=_arguments(positional, args), **options)


class _Activity:
    """What activity code calls."""

    def __init__(self) -> None:
        # As above.
        self.defn = engine_activity.defn
        self.info = engine_activity.info
        self.heartbeat = engine_activity.heartbeat
        self.is_cancelled = engine_activity.is_cancelled

    @property
    def logger(self) -> "logging.LoggerAdapter[Any]":
        """Says which activity of which run is speaking."""
        return engine_activity.logger


def _arguments(positional: Sequence[Any], args: Sequence[Any] | None) -> list[Any]:
    if args is None:
        return list(positional)
    if positional:
        raise TypeError("arguments are given either one by one or as args, not both")
    return list(args)


runbook = _Runbook()
activity = _Activity()
