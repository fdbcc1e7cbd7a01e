"""The one engine. There is nothing to choose: tests and `run_local` use it in memory, production a cluster."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from ntro.testing.local_run import LocalRun

__all__ = ["LocalRuntime", "Runtime", "TemporalRuntime", "get_runtime", "run_local", "set_runtime"]


class Runtime:
    """The engine by a name, for code written when there was a choice. Which one is set changes nothing."""

    name = "temporal"


class TemporalRuntime(Runtime):
    """The engine on a server."""


class LocalRuntime(Runtime):
    """The engine in memory, as `run_local` and the harness use it."""

    name = "local"


_runtime: Runtime = TemporalRuntime()


def get_runtime() -> Runtime:
    """What was set last; the engine on a server when nothing was, whatever the environment says."""
    return _runtime


def set_runtime(runtime: Runtime) -> None:
    """Remember `runtime` for code that asks; runs behave the same under each.

    Raises:
        TypeError: another engine is asked for.
    """
    global _runtime  # noqa: PLW0603 - the published surface has one for the process
    if not isinstance(runtime, Runtime):
        raise TypeError(f"{type(runtime).__name__} is no runtime: Temporal is the only engine, in tests as well")
    _runtime = runtime


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
