"""`ntro run`: how runs go."""

import asyncio
from typing import Annotated

import typer

from ntro.workspace.models import Task
from ntro_cli.group import explained, group
from ntro_cli.outcome import leave_with
from ntro_cli.output import Column
from ntro_cli.parameters import EntityOption, TaskArgument, TenantOption
from ntro_cli.session import session
from ntro_cli.watch import follow_run

app = group("See how runs go.", "ntro run list", "ntro run watch TASK", "ntro run pending")

_COLUMNS = (
    Column("task", "id"),
    Column("status", "status"),
    Column("runbook", "workflowSlug"),
    Column("period", "period"),
    Column("waits for", "awaiting"),
    Column("updated", "updatedAt"),
)
_FIELDS = (
    *_COLUMNS,
    Column("open gates", "openGates"),
    Column("documents", "documents"),
    Column("version", "runbookVersion"),
    Column("failure", "failure.type"),
    Column("failed step", "failure.activityName"),
    Column("pages", "links.workflow_ui"),
)


@app.command(help=explained("Show a run and its steps.", "ntro run status TASK"))
def status(context: typer.Context, task: TaskArgument) -> None:
    """Shows a run."""
    with session(context) as found:
        row = found.client.tasks.get_sync(task)
        found.out.record(row, _FIELDS)
        for step in row.steps:
            found.out.text(f"{step.status}\t{step.name}")


@app.command(
    help=explained(
        "Follow a run until it ends; the exit code says how it ended.",
        "ntro run watch TASK",
        "ntro run watch TASK -o json",
    )
)
def watch(
    context: typer.Context,
    task: TaskArgument,
    *,
    timeout: Annotated[float | None, typer.Option(help="Seconds to watch at most.", show_default=False)] = None,
) -> None:
    """Follows a run."""
    with session(context) as found:
        closed, view = asyncio.run(follow_run(found.client, task, found.out, seconds=timeout))
        if found.out.is_json:
            found.out.document(closed)
        failure = closed.failure or {}
        found.out.text(f"{closed.id}\t{closed.status}")
        if failure:
            found.out.say(f"{failure.get('type', 'Failure')}: {failure.get('message', '')}")
        leave_with(closed, failure_type=str(failure.get("type") or ""), rejected=view.rejected)


@app.command("list", help=explained("List runs, newest first.", "ntro run list --status FAILED"))
def list_runs(
    context: typer.Context, *, status: Annotated[str | None, typer.Option(help="Only those in this state.")] = None
) -> None:
    """Lists runs."""
    _list(context, status, "There is no run.")


@app.command(help=explained("List the runs of an entity.", "ntro run history --tenant acme --entity acme-spv1"))
def history(context: typer.Context, *, tenant: TenantOption = None, entity: EntityOption = None) -> None:
    """Lists an entity's runs."""
    with session(context, tenant=tenant, entity=entity) as found:
        tasks = found.client.entities.tasks_sync(found.tenant, found.entity)
        found.out.rows(tasks, _COLUMNS, empty="This entity has no run yet.")


@app.command(help=explained("List the runs that wait for a person.", "ntro run pending"))
def pending(context: typer.Context) -> None:
    """Lists blocked runs."""
    _list(context, "BLOCKED", "Nothing waits for a person.")


@app.command(help=explained("List the runs that are about to start.", "ntro run incoming"))
def incoming(context: typer.Context) -> None:
    """Lists queued runs."""
    _list(context, "READY", "Nothing is about to start.")


def _list(context: typer.Context, status: str | None, empty: str) -> None:
    with session(context) as found:
        tasks: list[Task] = found.client.tasks.list_sync(status=status)
        found.out.rows(tasks, _COLUMNS, empty=empty)
