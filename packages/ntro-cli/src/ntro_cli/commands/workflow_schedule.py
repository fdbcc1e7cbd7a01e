"""`ntro workflow pause`, `resume`, `run-now` and `backfill`: the schedule of a workflow."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from ntro_cli.errors import UsageError
from ntro_cli.group import explained
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption, WorkflowArgument
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

PAUSE = explained(
    "Let no scheduled run begin until it is resumed; runs that are open go on.", "ntro workflow pause nav-monthly"
)
RESUME = explained(
    "Let scheduled runs begin again; those left out are not made up for.", "ntro workflow resume nav-monthly"
)
RUN_NOW = explained("Start the next scheduled run now, as the schedule would.", "ntro workflow run-now nav-monthly")
BACKFILL = explained(
    "Start the runs that the schedule had between two times, at most 100.",
    "ntro workflow backfill nav-monthly --since 2026-01-01 --until 2026-04-01",
)
_COLUMNS = (
    Column("name", "name"),
    Column("schedule", "schedule"),
    Column("timezone", "timezone"),
    Column("paused", "paused"),
    Column("next runs", "nextRuns"),
    Column("id", "id"),
)
_STARTED = (Column("workflow", "workflowId"), Column("times", "times"))


def pause(context: typer.Context, workflow: WorkflowArgument, *, dry_run: DryRunOption = False) -> None:
    """Pauses the schedule."""
    if dry_run:
        rehearse(invocation_of(context).out, "workflow pause", {"workflow": workflow})
        return
    with session(context, workflow=workflow) as found:
        found.out.record(found.client.workflows.pause_sync(workflow), _COLUMNS)


def resume(context: typer.Context, workflow: WorkflowArgument, *, dry_run: DryRunOption = False) -> None:
    """Resumes the schedule."""
    if dry_run:
        rehearse(invocation_of(context).out, "workflow resume", {"workflow": workflow})
        return
    with session(context, workflow=workflow) as found:
        found.out.record(found.client.workflows.resume_sync(workflow), _COLUMNS)


def run_now(context: typer.Context, workflow: WorkflowArgument, *, dry_run: DryRunOption = False) -> None:
    """Starts a scheduled run now."""
    if dry_run:
        rehearse(invocation_of(context).out, "workflow run-now", {"workflow": workflow})
        return
    with session(context, workflow=workflow) as found:
        found.out.record(found.client.workflows.run_now_sync(workflow), _STARTED)


def backfill(
    context: typer.Context,
    workflow: WorkflowArgument,
    *,
    since: Annotated[datetime, typer.Option(help="First time, UTC.")],
    until: Annotated[datetime, typer.Option(help="Last time, UTC.")],
    dry_run: DryRunOption = False,
) -> None:
    """Starts past runs."""
    first, last = since.replace(tzinfo=UTC), until.replace(tzinfo=UTC)
    if first > last:
        raise UsageError("--since is after --until.", hint="Swap them.")
    if dry_run:
        plan = {"workflow": workflow, "since": first.isoformat(), "until": last.isoformat()}
        rehearse(invocation_of(context).out, "workflow backfill", plan)
        return
    with session(context, workflow=workflow) as found:
        found.out.record(found.client.workflows.backfill_sync(workflow, since=first, until=last), _STARTED)
