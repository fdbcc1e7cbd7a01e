"""Wraps every run: records its beginning and end, and turns errors of its code into failures with a cause."""

import asyncio
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.worker import (
    ExecuteWorkflowInput,
    HandleSignalInput,
    StartActivityInput,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowOutboundInterceptor,
)

from ntro.workflow._base import NtroWorkflow
from ntro.workflow._failures import as_run_failure, describe, fails_the_run
from ntro.workflow._input import read_input
from ntro.workflow._recorder import Recorder
from ntro.workflow.decisions import USER_ACTION_SIGNAL
from ntro.workflow.heartbeats import HEARTBEAT_TIMEOUT
from ntro.workflow.payloads import json_safe
from ntro.workflow.registry import slug_of

ACTIVITY_ATTEMPTS = 10
"""How often an activity is tried where the runbook does not say."""

_DEFAULT_RETRY = RetryPolicy(maximum_attempts=ACTIVITY_ATTEMPTS)
_SUBMITTER_KEYS = ("actor", "uploaded_by")


class RunInterceptor(WorkflowInboundInterceptor):
    """The worker's side of a run."""

    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        """Give activities a bounded retry and a heartbeat."""
        super().init(_Outbound(outbound))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002 - the engine's name
        """Run, record the outcome, and leave only when every record is handed over."""
        instance = workflow.instance()
        recorder = instance._recorder if isinstance(instance, NtroWorkflow) else Recorder()  # noqa: SLF001 - one part
        recorder.open(_started(input))
        reporting = None
        if isinstance(instance, NtroWorkflow):
            reporting = asyncio.create_task(instance._report_progress())  # noqa: SLF001 - as above
        try:
            read_input(input)
            result = await super().execute_workflow(input)
            recorder.add("run.completed", result=_recorded(result))
        except asyncio.CancelledError:
            # Eviction from the worker's cache looks like a cancellation, at times after the run's own loop has ended;
            # only a requested one is an outcome.
            if not workflow.in_workflow() or workflow.cancellation_reason() is None:
                raise
            recorder.add("run.cancelled", step_id=_step_of(instance))
            await recorder.drain()
            raise
        except workflow.ContinueAsNewError:
            await recorder.drain()
            raise
        except Exception as error:
            failure = describe(error)
            recorder.add(
                "run.failed", error_type=failure.type, message=failure.message, step_id=_failed_step_of(instance)
            )
            await recorder.drain()
            if fails_the_run(error):
                raise
            raise as_run_failure(error) from error
        await recorder.drain()
        if reporting is not None:
            reporting.cancel()
        return result

    async def handle_signal(self, input: HandleSignalInput) -> None:  # noqa: A002 - the engine's name
        """Remember who submitted something, and fail the run with a cause where a handler of its code fails."""
        instance = workflow.instance()
        if isinstance(instance, NtroWorkflow) and input.signal != USER_ACTION_SIGNAL:
            _note_submitter(instance, input.args)
        try:
            await super().handle_signal(input)
        except Exception as error:
            if fails_the_run(error):
                raise
            raise as_run_failure(error) from error


class _Outbound(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> "workflow.ActivityHandle[Any]":  # noqa: A002 - the engine's name
        input.retry_policy = input.retry_policy or _DEFAULT_RETRY
        input.heartbeat_timeout = input.heartbeat_timeout or HEARTBEAT_TIMEOUT
        return super().start_activity(input)

    def start_local_activity(self, input: StartLocalActivityInput) -> "workflow.ActivityHandle[Any]":  # noqa: A002 - the engine's name
        input.retry_policy = input.retry_policy or _DEFAULT_RETRY
        return super().start_local_activity(input)


def _started(given: ExecuteWorkflowInput) -> dict[str, Any]:
    info = workflow.info()
    parent = info.parent.workflow_id if info.parent is not None else None
    below = info.workflow_id.removeprefix(f"{parent}:") if parent is not None else info.workflow_id
    is_child = below != info.workflow_id
    steps = given.type._declared_steps() if issubclass(given.type, NtroWorkflow) else []  # noqa: SLF001 - one part
    return {
        "slug": slug_of(given.type),
        "workflow_type": info.workflow_type,
        "parent_workflow_id": parent if is_child else None,
        "parent_step_id": below.split(":")[0] if is_child else None,
        "steps": [{"id": mark["name"], "title": mark["title"], "icon": mark["icon"]} for mark in steps],
    }


def _recorded(result: Any) -> Any:
    try:
        return json_safe(result)
    except TypeError as error:
        raise TypeError(f"the run's result cannot be kept: {error}") from error


def _step_of(instance: Any) -> str | None:
    return instance._current_step_id if isinstance(instance, NtroWorkflow) else None  # noqa: SLF001 - one part


def _failed_step_of(instance: Any) -> str | None:
    if isinstance(instance, NtroWorkflow) and instance._failed_steps:  # noqa: SLF001 - one part
        return instance._failed_steps[0]  # noqa: SLF001 - as above
    return _step_of(instance)


def _note_submitter(instance: NtroWorkflow, args: Any) -> None:
    for arg in args:
        if isinstance(arg, dict):
            for key in _SUBMITTER_KEYS:
                instance._note_actor(arg.get(key))  # noqa: SLF001 - one part
