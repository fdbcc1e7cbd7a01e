"""The one engine. There is nothing to choose: tests and `run_local` use it in memory, production a cluster."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

__all__ = ["TemporalRuntime", "get_runtime", "run_local", "set_runtime"]


class TemporalRuntime:
    """The engine's name, for code that asks."""

    name = "temporal"


_runtime = TemporalRuntime()


def get_runtime() -> TemporalRuntime:
    """The engine; the same whatever the environment says."""
    return _runtime


def set_runtime(runtime: TemporalRuntime) -> None:
    """Accepted for code written when there was a choice.

    Raises:
        TypeError: another engine is asked for.
    """
    if not isinstance(runtime, TemporalRuntime):
        raise TypeError(f"{type(runtime).__name__} is no runtime: Temporal is the only engine, in tests as well")


async def run_local(
    cls: type,
    arg: Any = None,
    *,
    workflow_id: str | None = None,
    task_queue: str = "local",
    activities: Sequence[Callable[..., Any]] = (),
) -> Any:
    """Run a workflow in memory, with time skipped, and return its result.

    The activities of the class's module and of its sibling `activities` run for real. A run that waits for a person
    is for `ntro.testing`, which answers its gates.

    Args:
        cls: the decorated class.
        arg: its input; None for a `run` without one.
        workflow_id: a new UUID when not given.
        task_queue: where it runs.
        activities: more activities, also instead of those found under the same name.

    Raises:
        temporalio.client.WorkflowFailureError: the run failed.
    """
    from ntro.testing.local import local_worker  # noqa: PLC0415 - the test server is loaded only when it is used
    from ntro.workflow._definitions import workflow_type  # noqa: PLC0415 - this module must not load the engine

    async with local_worker([cls], task_queue=task_queue, activities=activities) as client:
        handle = await client.start_workflow(
            workflow_type(cls),
            args=[] if arg is None else [arg],
            id=workflow_id or str(uuid4()),
            task_queue=task_queue,
            result_type=None,
        )
        return await handle.result()
