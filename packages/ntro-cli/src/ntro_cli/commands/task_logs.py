"""`ntro task logs`: what happened in a task, as its cell's audit log says it."""

from typing import Annotated

import typer

from ntro.workspace.cell import CellClient, CellEvent
from ntro_cli.errors import UsageError
from ntro_cli.group import explained
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column, Output, plain
from ntro_cli.parameters import TaskArgument
from ntro_cli.run_view import ENDS, RunView
from ntro_cli.session import session

HELP = explained(
    "Show what happened in a task, oldest first.",
    "ntro task logs TASK",
    "ntro task logs TASK --follow",
    "ntro task logs TASK --after 120 -o json",
)
MAX_EVENTS = 1000
_COLUMNS = (
    Column("number", "seq"),
    Column("at", "at"),
    Column("event", "type"),
    Column("run", "runId"),
    Column("by", "actor"),
    Column("what", "told"),
)


def logs(
    context: typer.Context,
    task: TaskArgument,
    *,
    after: Annotated[int, typer.Option(min=0, help="Only events after this number.")] = 0,
    limit: Annotated[int | None, typer.Option(min=1, max=MAX_EVENTS, help="At most so many; all by default.")] = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on until the run ends.")] = False,
) -> None:
    """Shows the log. JSON holds the events with their payloads, which only the cell has."""
    out = invocation_of(context).out
    if follow and (out.is_json or limit is not None):
        raise UsageError("A log that goes on is no one document, and has no limit.", hint="Leave --follow out.")
    with session(context) as found:
        cell = found.cell_of(task)
        if follow:
            _follow(cell, task, after, out)
            return
        events = cell.tasks.log_sync(task, after=after, limit=limit)
        view = RunView(task)
        rows = events if out.is_json else [_row(event, view) for event in events]
        out.rows(rows, _COLUMNS, empty="Nothing has happened yet.")


def _follow(cell: CellClient, task: str, after: int, out: Output) -> None:
    view = RunView(task)
    for event in cell.tasks.events_sync(task, after=after):
        out.rows([_row(event, view)], _COLUMNS, empty="")
        out.stdout.flush()
        if event.type in ENDS and event.runId in {None, task}:
            return


def _row(event: CellEvent, view: RunView) -> dict[str, object]:
    """The event with one line on what it means."""
    members = plain(event)
    assert isinstance(members, dict)
    return {**members, "told": view.take(event)}
