"""`ntro run`: how runs go."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from ntro_cli.confirming import confirm
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.outcome import leave_with
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption, EntityOption, PeriodOption, TaskArgument, TenantOption, YesOption
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session
from ntro_cli.watch import follow_run

app = group("See how runs go.", "ntro run list", "ntro run watch TASK", "ntro run pending")

COLUMNS = (
    Column("task", "id"),
    Column("status", "status"),
    Column("runbook", "workflowSlug"),
    Column("period", "period"),
    Column("waits for", "awaiting"),
    Column("updated", "updatedAt"),
)
_FIELDS = (
    *COLUMNS,
    Column("open gates", "openGates"),
    Column("documents", "documents"),
    Column("version", "runbookVersion"),
    Column("failure", "failure.type"),
    Column("failed step", "failure.activityName"),
    Column("pages", "links.workflow_ui"),
)
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, max=200, help="At most so many; all by default.")]


class Status(StrEnum):
    """States of a run."""

    PENDING = "PENDING"
    READY = "READY"
    IN_PROGRESS = "IN_PROGRESS"
    BLOCKED = "BLOCKED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


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


@app.command(
    "list",
    help=explained(
        "List runs, newest first.",
        "ntro run list --status FAILED",
        "ntro run list --tenant acme --period 2026-03 --limit 20",
    ),
)
def list_runs(
    context: typer.Context,
    *,
    status: Annotated[Status | None, typer.Option(help="Only those in this state.")] = None,
    tenant: TenantOption = None,
    entity: Annotated[str | None, typer.Option(help="Only this entity's; a slug needs --tenant.")] = None,
    workflow: Annotated[str | None, typer.Option(help="Only this workflow's: id or name.")] = None,
    period: PeriodOption = None,
    limit: LimitOption = None,
) -> None:
    """Lists runs."""
    with session(context, tenant=tenant, entity=entity, workflow=workflow) as found:
        tasks = found.client.tasks.list_sync(
            status=status, tenant=tenant, entity=entity, workflow=workflow, period=period, limit=limit
        )
        found.out.rows(tasks, COLUMNS, empty="There is no run.")


@app.command(help=explained("List the runs of an entity.", "ntro run history --tenant acme --entity acme-spv1"))
def history(context: typer.Context, *, tenant: TenantOption = None, entity: EntityOption = None) -> None:
    """Lists an entity's runs."""
    with session(context, tenant=tenant, entity=entity) as found:
        tasks = found.client.entities.tasks_sync(found.tenant, found.entity)
        found.out.rows(tasks, COLUMNS, empty="This entity has no run yet.")


@app.command(
    help=explained("List the runs that wait for a person.", "ntro run pending", "ntro run pending --tenant acme")
)
def pending(context: typer.Context, *, tenant: TenantOption = None) -> None:
    """Lists blocked runs."""
    _list(context, tenant, Status.BLOCKED, "Nothing waits for a person.")


@app.command(help=explained("List the runs that are about to start.", "ntro run incoming"))
def incoming(context: typer.Context, *, tenant: TenantOption = None) -> None:
    """Lists queued runs."""
    _list(context, tenant, Status.READY, "Nothing is about to start.")


@app.command(
    help=explained("List open runs and the next one of each scheduled workflow.", "ntro run scheduled --workflow nav")
)
def scheduled(
    context: typer.Context,
    *,
    workflow: Annotated[str | None, typer.Option(help="Only this workflow's: id or name.")] = None,
) -> None:
    """Lists what is to come."""
    with session(context, workflow=workflow) as found:
        tasks = found.client.tasks.schedule_sync(workflow=workflow)
        found.out.rows(tasks, (*COLUMNS[:-1], Column("due", "dueDate")), empty="Nothing is to come.")


@app.command(
    help=explained("Cancel a run: what it has done stays, what waits is given up.", "ntro run cancel TASK --yes")
)
def cancel(
    context: typer.Context, task: TaskArgument, *, yes: YesOption = False, dry_run: DryRunOption = False
) -> None:
    """Cancels a run."""
    if dry_run:
        rehearse(invocation_of(context).out, "run cancel", {"task": task})
        return
    with session(context) as found:
        row = found.client.tasks.get_sync(task)
        confirm(f"Cancel the run {row.id} ({row.workflowSlug or row.workflowId}, {row.status})?", yes=yes)
        found.out.record(found.client.tasks.cancel_sync(task), _FIELDS)
        found.out.say(f"It is asked to end. Watch it: ntro run watch {task}")


def _list(context: typer.Context, tenant: str | None, status: Status, empty: str) -> None:
    with session(context, tenant=tenant) as found:
        found.out.rows(found.client.tasks.list_sync(status=status, tenant=tenant), COLUMNS, empty=empty)
