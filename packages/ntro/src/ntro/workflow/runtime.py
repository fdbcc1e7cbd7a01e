"""The one engine. There is nothing to choose: tests and `run_local` use it in memory, production a cluster."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from ntro.testing.local_run import LocalRun

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


@overload
async def run_local(
    cls: type,
    arg: Any = None,
    *,
    workflow_id: str | None = None,
    task_queue: str = "local",
    activities: Sequence[Callable[..., Any]] = (),
    handle: Literal[False] = False,
) -> Any: ...
@overload
async def run_local(
    cls: type,
    arg: Any = None,
    *,
    workflow_id: str | None = None,
    task_queue: str = "local",
    activities: Sequence[Callable[..., Any]] = (),
    handle: Literal[True],
) -> "LocalRun": ...
async def run_local(
    cls: type,
    arg: Any = None,
    *,
    workflow_id: str | None = None,
    task_queue: str = "local",
    activities: Sequence[Callable[..., Any]] = (),
    handle: bool = False,
) -> Any:
    """Run a workflow in memory, with time skipped, and return its result.

    The activities of the class's module and of its sibling `activities` run for real, and so does every registered
    workflow that it dispatches.

    Args:
        cls: the decorated class.
        arg: its input; None for a `run` without one.
        workflow_id: a new UUID when not given.
        task_queue: where it runs.
        activities: more activities, also instead of those found under the same name.
        handle: return at once with a handle by which the run and its children are signalled and queried, as a run
            that waits for a person has to be; `await handle.result()` ends it.

    Raises:
        temporalio.client.WorkflowFailureError: the run failed.
    """
    from ntro.testing.local_run import LocalRun  # noqa: PLC0415 - the test server is loaded only when it is used

    run = await LocalRun.start(cls, arg, workflow_id=workflow_id, task_queue=task_queue, activities=activities)
    return run if handle else await run.result()
