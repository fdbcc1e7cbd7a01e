"""One run in memory, with a handle on it."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Self
from uuid import uuid4

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from ntro.testing.local import local_worker
from ntro.workflow._definitions import workflow_definition, workflow_type
from ntro.workflow.registry import get_registered, list_registered_slugs

_LOOK_AGAIN_S = 0.02


class LocalRun:
    """A run in memory: signal it, query it, await its result. Time stands still except while the result is awaited.

    Use it as an async context manager where the result may not be awaited; `result` ends the server too.

    Attributes:
        handle: the engine's own handle, for Updates and whatever else is not here.
    """

    def __init__(self, client: Client, handle: WorkflowHandle[Any, Any], server: AsyncExitStack) -> None:
        self._client = client
        self._server = server
        self.handle = handle

    @classmethod
    async def start(
        cls,
        workflow_cls: type,
        arg: Any = None,
        *,
        workflow_id: str | None = None,
        task_queue: str = "local",
        activities: Sequence[Callable[..., Any]] = (),
    ) -> Self:
        """Start `workflow_cls` on a server of its own, beside every workflow of the registry, which it may dispatch."""
        async with AsyncExitStack() as starting:
            classes = [*_dispatched(workflow_cls), workflow_cls]
            client = await starting.enter_async_context(
                local_worker(classes, task_queue=task_queue, activities=activities)
            )
            handle = await client.start_workflow(
                workflow_type(workflow_cls),
                args=[] if arg is None else [arg],
                id=workflow_id or str(uuid4()),
                task_queue=task_queue,
                result_type=workflow_definition(workflow_cls).ret_type,
            )
            return cls(client, handle, starting.pop_all())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    @property
    def id(self) -> str:
        """The workflow id."""
        return self.handle.id

    async def signal(self, name: str, payload: Any = None) -> None:
        """Send a signal, without an argument where `payload` is None."""
        await self.handle.signal(name, args=[] if payload is None else [payload])

    async def query(self, name: str) -> Any:
        """Ask, for example `current_pending_action`."""
        return await self.handle.query(name)

    def child(self, workflow_id: str) -> "LocalRun":
        """A handle on a child run; its id is in `children_by_step_id` and in a `drill_down`."""
        return LocalRun(self._client, self._client.get_workflow_handle(workflow_id), AsyncExitStack())

    async def pending_action(self, *, timeout_s: float = 10.0) -> dict[str, Any]:
        """What the run waits for, or the child that it waits for; waits until there is something.

        Raises:
            TimeoutError: it does not wait for anybody in time.
            RuntimeError: it has ended.
        """
        async with asyncio.timeout(timeout_s):
            while True:
                pending = await self.query("current_pending_action")
                if pending is not None and pending["kind"] != "drill_down":
                    return dict(pending)
                if pending is not None:
                    return await self.child(pending["children"][0]["task_id"]).pending_action(timeout_s=timeout_s)
                if (await self.handle.describe()).status != WorkflowExecutionStatus.RUNNING:
                    raise RuntimeError(f"run {self.id} has ended; it waits for nobody")
                await asyncio.sleep(_LOOK_AGAIN_S)

    async def result(self) -> Any:
        """The result, as the type that the run declares; the server ends with it.

        Raises:
            temporalio.client.WorkflowFailureError: the run failed.
        """
        try:
            return await self.handle.result()
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """End the server, and the run with it."""
        await self._server.aclose()


def _dispatched(workflow_cls: type) -> list[type]:
    """Every registered class of another workflow type; the last registration of a type counts."""
    registered = [get_registered(slug) for slug in list_registered_slugs()]
    named = {workflow_type(cls): cls for cls in registered if cls is not None}
    named.pop(workflow_type(workflow_cls), None)
    return list(named.values())
