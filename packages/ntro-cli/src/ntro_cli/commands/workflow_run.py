"""`ntro workflow run`: starts a run, hands files in, waits for the end where asked to."""

from pathlib import Path
from typing import Annotated

import typer

from ntro_cli.body import body_of, sent
from ntro_cli.group import explained
from ntro_cli.inputs import RunInput
from ntro_cli.invocation import invocation_of
from ntro_cli.outcome import leave_with
from ntro_cli.output import Column
from ntro_cli.parameters import EntityOption, JsonOption, PeriodOption, TenantOption, json_object
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

HELP = explained(
    "Start a run.",
    "ntro workflow run nav-monthly --tenant acme --entity acme-spv1 --period 2026-03",
    "ntro workflow run nav-monthly --tenant acme --period 2026-03 --context @context.json --wait",
    "ntro workflow run documents --tenant acme --period 2026-03 --file statement.xml",
)
_COLUMNS = (
    Column("task", "id"),
    Column("status", "status"),
    Column("period", "period"),
    Column("workflow", "workflowId"),
    Column("pages", "links.workflow_ui"),
)


def run(
    context: typer.Context,
    workflow: Annotated[str | None, typer.Argument(metavar="WORKFLOW", help="Id or name.", show_default=False)] = None,
    *,
    tenant: TenantOption = None,
    entity: EntityOption = None,
    period: PeriodOption = None,
    priority: Annotated[str | None, typer.Option(help="LOW, NORMAL or HIGH.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="A rehearsal: the run itself posts nothing.")] = False,
    run_context: Annotated[str | None, typer.Option("--context", help="JSON object, @FILE, or -.")] = None,
    file: Annotated[list[Path] | None, typer.Option(help="Hand this file in; may be repeated.")] = None,
    given: JsonOption = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be sent, send nothing.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end; the exit code says how it ended.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait at most.")] = 300,
) -> None:
    """Starts a run."""
    options = {
        "workflowId": workflow,
        "tenantId": tenant,
        "entityId": entity,
        "period": period,
        "priority": priority,
        "dryRun": dry_run or None,
        "context": json_object(run_context, "--context"),
    }
    body = body_of(RunInput, given, options)
    if plan:
        rehearse(invocation_of(context).out, "workflow run", sent(body))
        return
    with session(context, tenant=body.tenantId, entity=body.entityId, workflow=body.workflowId) as found:
        task = found.client.tasks.create_sync(
            found.tenant, body.workflowId, entity=body.entityId, context=body.run_context
        )
        found.out.say(f"Run {task.id} has started.")
        if file:
            cell = found.cell_of(task.id)
            for path in file:
                cell.files.add_sync(task.id, path)
                found.out.say(f"Handed in {path.name}.")
        if wait:
            task = found.client.tasks.wait_sync(
                task.id, seconds=timeout, on_change=lambda now: found.out.say(f"{now.status}")
            )
        found.out.record(task, _COLUMNS)
        if not wait:
            found.out.say(f"Watch it: ntro run watch {task.id}")
            return
        leave_with(task, failure_type=task.failure.type if task.failure else None)
