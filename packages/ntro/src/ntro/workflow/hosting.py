"""What a worker needs to run runbooks: their classes and activities, the interceptors, the sandbox."""

from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypedDict

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from ntro.capabilities.checks import run_quality_check
from ntro.runbook.bundle import LoadedBundle
from ntro.workflow import task
from ntro.workflow._activity_interceptor import FinalErrors
from ntro.workflow._definitions import activity_name
from ntro.workflow._input import UnreadInputRunner
from ntro.workflow._recorder import RECORDED_EXTERN
from ntro.workflow._workflow_interceptor import RunInterceptor
from ntro.workflow.agents._invoke import invoke_agent_activity
from ntro.workflow.heartbeats import BEAT, HeartbeatInterceptor
from ntro.workflow.records import RECORD_ACTIVITY, RecordBatch
from ntro.workflow.registry import register_workflow

PASSTHROUGH_MODULES = ("ntro", "pydantic", "pydantic_core", "annotated_types", "dateutil", "yaml")
"""Modules that runs share instead of loading them again each time: they keep no state that a run could change."""

FAILS_THE_RUN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""Errors of runbook code that fail the run. Not `Exception`: that would take in a history that no longer fits the
code, which another deployment mends and a failed run does not."""

_ACTIVITY_THREADS = 100

Recording = Callable[[RecordBatch], Awaitable[None]]


class WorkerOptions(TypedDict):
    """Keyword arguments of `temporalio.worker.Worker`."""

    workflows: list[type]
    activities: list[Callable[..., Any]]
    activity_executor: Executor
    interceptors: list[Interceptor]
    workflow_runner: WorkflowRunner
    workflow_failure_exception_types: tuple[type[BaseException], ...]
    max_heartbeat_throttle_interval: timedelta


class RunbookInterceptor(Interceptor):
    """Records runs and makes errors final; for workers and replayers alike.

    Args:
        recorded: whether runs are recorded; by the prefix of the worker's queue when not given. A replayer works on a
            queue of its own, so it is told what was true when the history was made.
    """

    def __init__(self, *, recorded: bool | None = None) -> None:
        self._recorded = recorded

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the engine's name
        """The activity side."""
        return FinalErrors(next)

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:  # noqa: A002 - the engine's name
        """The workflow side."""
        input.unsafe_extern_functions[RECORDED_EXTERN] = lambda: self._recorded
        return RunInterceptor


def worker_options(
    bundles: Sequence[LoadedBundle],
    *,
    record: Recording | None = None,
    activities: Sequence[Callable[..., Any]] = (),
) -> WorkerOptions:
    """Options for a worker that runs `bundles`, which are entered in the registry.

    Args:
        bundles: loaded runbooks.
        record: takes each batch of run records, at least once and in order within a run; without it nothing is
            recorded.
        activities: more activities; they win over those of the bundles of the same name.
    """
    for bundle in bundles:
        register_workflow(bundle.slug, bundle.workflow_class)
    own = [fn for bundle in bundles for fn in bundle.activities]
    recording = [] if record is None else [record_activity(record)]
    named = {activity_name(fn): fn for fn in [*own, *sdk_activities(), *recording, *activities]}
    return WorkerOptions(
        workflows=[bundle.workflow_class for bundle in bundles],
        activities=list(named.values()),
        activity_executor=ThreadPoolExecutor(_ACTIVITY_THREADS, thread_name_prefix="activity"),
        interceptors=[HeartbeatInterceptor(), RunbookInterceptor(recorded=None if record is not None else False)],
        workflow_runner=sandbox(bundles),
        workflow_failure_exception_types=FAILS_THE_RUN,
        max_heartbeat_throttle_interval=BEAT,
    )


def sandbox(bundles: Sequence[LoadedBundle]) -> SandboxedWorkflowRunner:
    """The sandbox: of a bundle only the modules with workflow code are loaded again for each run."""
    shared = [name for bundle in bundles for name in bundle.passthrough]
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSTHROUGH_MODULES, *shared)
    return SandboxedWorkflowRunner(restrictions=restrictions, runner_class=UnreadInputRunner)


def sdk_activities() -> list[Callable[..., Any]]:
    """The SDK's own activities, which every worker of runbooks has."""
    return [
        task.load_previous_task_activity,
        task.find_committed_document_activity,
        run_quality_check,
        invoke_agent_activity,
    ]


def record_activity(record: Recording) -> Callable[..., Any]:
    """The local activity that hands run records to `record`."""

    @activity.defn(name=RECORD_ACTIVITY)
    async def hand_over(batch: RecordBatch) -> None:
        await record(batch)

    return hand_over
