"""Runs a workflow in memory through all its gates, as a scenario answers them."""

import asyncio
import time
import typing
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Self
from uuid import uuid4

from pydantic import TypeAdapter
from temporalio.client import WorkflowFailureError, WorkflowHandle

from ntro.testing.auto_mock import generate_fake
from ntro.testing.diagnosis import why_unfinished
from ntro.testing.driver import Driver
from ntro.testing.local import InMemoryServer, bundle_of, time_skipping_server, worker_for
from ntro.testing.mocks import mock_activity
from ntro.testing.results import RunResult
from ntro.testing.scenarios import HAPPY, Scenario
from ntro.testing.server import ServerProcess
from ntro.workflow._definitions import activity_name, workflow_definition, workflow_type
from ntro.workflow._failures import describe
from ntro.workflow.hosting import sdk_activities
from ntro.workflow.records import RECORDED_QUEUE_PREFIX, RecordBatch

_EXAMPLE_INPUT = object()


class WorkflowHarness:
    """An in-memory server and a worker for one workflow and its children. Use it as an async context manager.

    Every activity is mocked by its return annotation, unless `extra_activities` has one of the same name.

    Args:
        workflow_cls: the workflow, decorated; from `load_runbook` or any class.
        child_workflows: the classes it dispatches.
        extra_activities: real or hand-made activities.
        server: a server that was started before, which ends with the harness; one of its own when not given.
    """

    def __init__(
        self,
        workflow_cls: type,
        *,
        child_workflows: Sequence[type] | None = None,
        extra_activities: Sequence[Callable[..., Any]] | None = None,
        server: ServerProcess | None = None,
    ) -> None:
        self._workflow_cls = workflow_cls
        self._server = server
        self._bundles = [bundle_of(cls) for cls in (workflow_cls, *(child_workflows or ()))]
        self._queue = RECORDED_QUEUE_PREFIX + self._bundles[0].slug
        self._activities = self._with_mocks(extra_activities or ())
        self._stack = AsyncExitStack()
        self._drivers: dict[str, Driver] = {}
        self._environment: InMemoryServer | None = None

    async def __aenter__(self) -> Self:
        self._environment = await self._stack.enter_async_context(time_skipping_server(self._server))
        client = self._environment.client
        worker = worker_for(client, self._bundles, self._queue, activities=self._activities, record=self._record)
        await self._stack.enter_async_context(worker)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()
        self._environment = None

    async def run(
        self,
        *,
        input: Any = _EXAMPLE_INPUT,  # noqa: A002 - the published name of the argument
        scenario: Scenario | None = None,
        timeout_s: float = 30.0,
    ) -> RunResult:
        """Run once.

        Args:
            input: what `run` takes; an example made from its annotation when not given.
            scenario: how gates are answered; `HAPPY` when not given.
            timeout_s: real seconds, kept whatever the run does.

        Returns:
            The outcome. A run that fails or does not finish is a result with its cause, not an exception.

        Raises:
            pydantic.ValidationError: the input is not what `run` takes.
            RuntimeError: the harness is not entered.
        """
        if self._environment is None:
            raise RuntimeError("the harness has no server yet; use it as: async with WorkflowHarness(...) as harness")
        scenario = scenario or HAPPY
        arguments = self._arguments(input)
        definition = workflow_definition(self._workflow_cls)
        client = self._environment.client
        workflow_id = str(uuid4())
        driver = self._drivers[workflow_id] = Driver(client, scenario)
        answering = asyncio.create_task(driver.run())
        began = time.monotonic()
        try:
            handle = await client.start_workflow(
                workflow_type(self._workflow_cls),
                args=arguments,
                id=workflow_id,
                task_queue=self._queue,
                result_type=definition.ret_type,
            )
            result, error = await self._outcome(handle, driver, timeout_s)
        finally:
            answering.cancel()
            # A call to the server that is cut short tells of it with an error of its own.
            await asyncio.gather(answering, return_exceptions=True)
            del self._drivers[workflow_id]
        driver.say("error" if error else "done", workflow_id, **({"message": error} if error else {}))
        return RunResult(
            scenario=scenario.name,
            workflow_id=workflow_id,
            status="failed" if error else "completed",
            result=result,
            error=error,
            events=driver.events,
            duration_s=time.monotonic() - began,
            failed_step=_failed_step(driver, workflow_id),
            records=driver.records,
            slug=self._bundles[0].slug,
        )

    async def _outcome(
        self, handle: WorkflowHandle[Any, Any], driver: Driver, timeout_s: float
    ) -> tuple[Any, str | None]:
        try:
            async with asyncio.timeout(timeout_s):
                return await handle.result(), None
        except WorkflowFailureError as failed:
            failure = describe(failed.cause)
            step = _failed_step(driver, handle.id)
            return (
                None,
                f"{failure.type} in step {step}: {failure.message}" if step else f"{failure.type}: {failure.message}",
            )
        except TimeoutError:
            cause = await why_unfinished(handle, driver)
            await handle.terminate(reason="the harness's deadline")
            return None, f"did not finish in {timeout_s:g} s: {cause}"

    async def _record(self, batch: RecordBatch) -> None:
        driver = self._drivers.get(batch.task_id)
        if driver is not None:
            await driver.record(batch)

    def _arguments(self, given: Any) -> list[Any]:
        definition = workflow_definition(self._workflow_cls)
        hints = typing.get_type_hints(definition.run_fn, include_extras=True)
        parameters = list(definition.run_fn.__code__.co_varnames[1 : definition.run_fn.__code__.co_argcount])
        if not parameters:
            return []
        annotation = hints.get(parameters[0], Any)
        if given is _EXAMPLE_INPUT:
            return [generate_fake(annotation)]
        return [TypeAdapter(annotation).validate_python(given)]

    def _with_mocks(self, extra: Sequence[Callable[..., Any]]) -> list[Callable[..., Any]]:
        given = {activity_name(fn) for fn in extra}
        found = [fn for bundle in self._bundles for fn in bundle.activities] + sdk_activities()
        return [mock_activity(fn) for fn in found if activity_name(fn) not in given] + list(extra)


def _failed_step(driver: Driver, workflow_id: str) -> str | None:
    for record in driver.records.get(workflow_id, []):
        if record.type == "run.failed":
            step: str | None = record.data["step_id"]
            return step
    return None
