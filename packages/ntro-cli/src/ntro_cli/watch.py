"""Follows a run until it ends: a live picture on a terminal, one line for each event otherwise."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING

from ntro.workspace.cell import CellClient, CellTask
from ntro.workspace.client import Client
from ntro.workspace.errors import NotFoundError, WaitTimeoutError
from ntro.workspace.waiting import poll
from ntro_cli.output import Output, safe
from ntro_cli.run_view import RunView
from ntro_cli.session import root_of

if TYPE_CHECKING:
    from rich.console import RenderableType

CLOSED = frozenset({"COMPLETED", "FAILED"})
_APPEARS_WITHIN = 60.0
_ASK_EVERY = 0.3
_COLOURS = {"done": "green", "running": "yellow", "failed": "red", "to do": "dim"}


async def follow_run(client: Client, task: str, out: Output, *, seconds: float | None) -> tuple[CellTask, RunView]:
    """The run once it has ended, and what its events told.

    Raises:
        WaitTimeoutError: it has not ended within `seconds`.
    """
    view = RunView(task)
    try:
        async with asyncio.timeout(seconds), aclosing(client):
            cell = client.cell((await client.tasks.get(root_of(task))).tenantId)
            await _appearance(cell, task)
            with _screen(view, out) as show:
                return await _until_closed(cell, task, view, show), view
    except TimeoutError as error:
        raise WaitTimeoutError(
            f"The run {task} has not ended within {seconds:g} s.",
            hint=f"It goes on. Watch again: ntro run watch {task}",
        ) from error


async def _appearance(cell: CellClient, task: str) -> None:
    """Waits until the cell knows the task: its start travels there by a queue."""
    await poll(
        lambda: _is_known(cell, task),
        until=bool,
        on_change=None,
        seconds=_APPEARS_WITHIN,
        every=_ASK_EVERY,
        what=f"The start of run {task} in its cell",
    )


async def _is_known(cell: CellClient, task: str) -> bool:
    try:
        await cell.tasks.get(task)
    except NotFoundError:
        return False
    return True


async def _until_closed(cell: CellClient, task: str, view: RunView, show: Callable[[str | None], None]) -> CellTask:
    async with aclosing(cell.tasks.events(task)) as events:
        async for event in events:
            show(view.take(event))
            if view.ended:
                found = await cell.tasks.get(task)
                if found.status in CLOSED:
                    return found
    raise AssertionError("the stream of events has no end of its own")


@contextmanager
def _screen(view: RunView, out: Output) -> Generator[Callable[[str | None], None]]:
    if not out.is_terminal:
        yield lambda line: out.say(line) if line else None
        return
    from rich.console import Console  # noqa: PLC0415 - loaded only where a person looks
    from rich.live import Live  # noqa: PLC0415 - loaded only where a person looks

    console = Console(file=out.stderr, no_color=not out.has_color)
    with Live(_picture(view), console=console, auto_refresh=False) as live:
        yield lambda _line: live.update(_picture(view), refresh=True)


def _picture(view: RunView) -> "RenderableType":
    from rich.table import Table  # noqa: PLC0415 - loaded only where a person looks
    from rich.text import Text  # noqa: PLC0415 - loaded only where a person looks

    table = Table.grid(padding=(0, 2))
    for step in view.steps.values():
        table.add_row(Text(safe(step.title)), Text(step.state, style=_COLOURS.get(step.state, "")))
    if view.children:
        running = sum(state == "running" for state in view.children.values())
        table.add_row(Text("Child runs"), Text(f"{len(view.children) - running} of {len(view.children)} done"))
    for reason in view.open_gates.values():
        table.add_row(Text("Waits for a person", style="bold"), Text(safe(reason)))
    return table
