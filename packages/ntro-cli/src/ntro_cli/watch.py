"""Follows a run until it ends: a live picture on a terminal, one line for each event otherwise."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING

from ntro.workspace.cell import CellClient, CellTask
from ntro.workspace.client import Client
from ntro.workspace.errors import WaitTimeoutError
from ntro_cli.output import Output, safe
from ntro_cli.run_view import RunView
from ntro_cli.session import root_of

if TYPE_CHECKING:
    from rich.console import RenderableType

CLOSED = frozenset({"COMPLETED", "FAILED"})
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
            await cell.tasks.appear(task)
            with _screen(view, out) as show:
                return await _until_closed(cell, task, view, show), view
    except TimeoutError as error:
        raise WaitTimeoutError(
            f"The run {task} has not ended within {seconds:g} s.",
            hint=f"It goes on. Watch again: ntro run watch {task}",
        ) from error


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
