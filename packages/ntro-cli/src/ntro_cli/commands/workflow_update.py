"""`ntro workflow update`: what is named changes, what is cleared is cleared, the rest stays."""

from typing import Annotated, Any

import typer

from ntro_cli.errors import UsageError
from ntro_cli.group import explained
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import ConfigOption, DryRunOption, OverlapOption, WorkflowArgument, json_object
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

HELP = explained(
    "Change a workflow; what is not named stays.",
    "ntro workflow update nav-monthly --schedule '0 8 5 * *' --timezone Europe/London",
    "ntro workflow update nav-monthly --pin 1.2.0      (roll back, or stay)",
    "ntro workflow update nav-monthly --follow         (whatever is current)",
    "ntro workflow update nav-monthly --no-schedule",
)
SUMMARY = (
    Column("name", "name"),
    Column("runbook", "runbookSlug"),
    Column("version", "runbookVersion"),
    Column("schedule", "schedule"),
    Column("entity", "entity.slug"),
    Column("id", "id"),
)
FIELDS = (
    *SUMMARY,
    Column("timezone", "timezone"),
    Column("next runs", "nextRuns"),
    Column("description", "description"),
    Column("config", "defaultConfig"),
)


def update(
    context: typer.Context,
    workflow: WorkflowArgument,
    *,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    schedule: Annotated[str | None, typer.Option(help="Cron expression of five fields.")] = None,
    no_schedule: Annotated[bool, typer.Option("--no-schedule", help="Run only when asked to.")] = False,
    timezone: Annotated[str | None, typer.Option(help="IANA name the schedule is read in.")] = None,
    overlap: OverlapOption = None,
    pin: Annotated[str | None, typer.Option(help="Use this version, whatever is current.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Use whatever version is current.")] = False,
    config: ConfigOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Changes a workflow."""
    if (no_schedule and schedule is not None) or (follow and pin is not None):
        raise UsageError("These options contradict each other.", hint="Give one of each pair; see --help.")
    named = {
        "name": name,
        "description": description,
        "schedule": schedule,
        "timezone": timezone,
        "overlap": overlap,
        "runbook_version": pin,
        "default_config": json_object(config, "--config"),
    }
    changes: dict[str, Any] = {member: value for member, value in named.items() if value is not None}
    changes |= ({"schedule": None} if no_schedule else {}) | ({"runbook_version": None} if follow else {})
    if not changes:
        raise UsageError("There is nothing to change.", hint="See --help for what can be.")
    if dry_run:
        rehearse(invocation_of(context).out, "workflow update", {"workflow": workflow, **changes})
        return
    with session(context, workflow=workflow) as found:
        found.out.record(found.client.workflows.update_sync(workflow, **changes), FIELDS)
