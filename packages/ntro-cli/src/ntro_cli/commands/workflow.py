"""`ntro workflow`: deploy a runbook, bind it to an entity, run it."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ntro_cli.commands import scenarios, workflow_code, workflow_run, workflow_schedule, workflow_update
from ntro_cli.commands.run import COLUMNS, LimitOption
from ntro_cli.commands.workflow_update import FIELDS, SUMMARY
from ntro_cli.deploying import deploy, described, read_bundle
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Output
from ntro_cli.parameters import (
    DryRunOption,
    EntityOption,
    OverlapOption,
    TenantOption,
    WorkflowArgument,
    json_object,
)
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

if TYPE_CHECKING:
    from ntro.workspace.models import RunbookDeployed, Workflow

app = group(
    "Deploy runbooks, bind them to entities, run them.",
    "ntro workflow create --path runbooks/nav-monthly --tenant acme --entity acme-spv1 --schedule '0 8 5 * *'",
    "ntro workflow run nav-monthly --tenant acme --entity acme-spv1 --period 2026-03",
)

app.command("test", help=scenarios.HELP)(scenarios.run_scenarios_of)


@app.command(
    help=explained(
        "Deploy the runbook in a folder to a tenant; with --entity bind it there, too.",
        "ntro workflow create --path runbooks/nav-monthly --tenant acme --entity acme-spv1",
        "ntro workflow create --path runbooks/nav-monthly --tenant acme   (code only)",
    )
)
def create(
    context: typer.Context,
    *,
    path: Annotated[Path, typer.Option(help="Folder with runbook.md and templates/.")],
    tenant: TenantOption = None,
    entity: EntityOption = None,
    schedule: Annotated[str | None, typer.Option(help="Cron expression of five fields.")] = None,
    timezone: Annotated[str | None, typer.Option(help="IANA name the schedule is read in; UTC by default.")] = None,
    overlap: OverlapOption = None,
    name: Annotated[str | None, typer.Option(help="Name of the workflow.")] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    config: Annotated[str | None, typer.Option(help="Default config: JSON object, or @FILE.")] = None,
    pin: Annotated[bool, typer.Option("--pin", help="Stay on this version, whatever is deployed later.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Deploys and binds."""
    bundle = read_bundle(path)
    default_config = json_object(config, "--config")
    if dry_run:
        binding = {"entity": entity, "name": name, "schedule": schedule, "timezone": timezone, "pin": pin}
        rehearse(invocation_of(context).out, "workflow create", {**described(bundle), **binding})
        return
    with session(context, tenant=tenant, entity=entity) as found:
        deployed = deploy(found, bundle)
        workflow = None
        if found.connection.default_entity is not None:
            workflow = found.client.workflows.create_sync(
                bundle.slug,
                found.client.entities.get_sync(found.tenant, found.entity).id,
                tenant=found.tenant,
                runbook_version=bundle.version if pin else None,
                name=name,
                description=description,
                schedule=schedule,
                timezone=timezone,
                overlap=overlap,
                default_config=default_config,
            )
        _show_created(found.out, deployed, workflow)


@app.command("list", help=explained("List workflows.", "ntro workflow list -o json"))
def list_workflows(context: typer.Context) -> None:
    """Lists workflows."""
    with session(context) as found:
        workflows = found.client.workflows.list_sync()
        found.out.rows(workflows, SUMMARY, empty="There is no workflow yet. Create one with: ntro workflow create")


@app.command(help=explained("Show a workflow.", "ntro workflow info nav-monthly"))
def info(context: typer.Context, workflow: WorkflowArgument) -> None:
    """Shows a workflow."""
    with session(context, workflow=workflow) as found:
        found.out.record(found.client.workflows.get_sync(workflow), FIELDS)


@app.command(help=explained("List the runs of a workflow, newest first.", "ntro workflow history nav-monthly"))
def history(context: typer.Context, workflow: WorkflowArgument, *, limit: LimitOption = None) -> None:
    """Lists the runs."""
    with session(context, workflow=workflow) as found:
        tasks = found.client.tasks.list_sync(workflow=workflow, limit=limit)
        found.out.rows(tasks, COLUMNS, empty="This workflow has no run yet. Start one with: ntro workflow run")


app.command("update", help=workflow_update.HELP)(workflow_update.update)
app.command("plan", help=workflow_code.PLAN)(workflow_code.plan)
app.command("push", help=workflow_code.PUSH)(workflow_code.push)
app.command("deploy", help=workflow_code.DEPLOY)(workflow_code.deploy_code)
app.command("run", help=workflow_run.HELP)(workflow_run.run)
app.command("pause", help=workflow_schedule.PAUSE)(workflow_schedule.pause)
app.command("resume", help=workflow_schedule.RESUME)(workflow_schedule.resume)
app.command("run-now", help=workflow_schedule.RUN_NOW)(workflow_schedule.run_now)
app.command("backfill", help=workflow_schedule.BACKFILL)(workflow_schedule.backfill)


def _show_created(out: Output, deployed: "RunbookDeployed", workflow: "Workflow | None") -> None:
    if out.is_json:
        out.document({"deployment": deployed, "workflow": workflow})
        return
    out.text(f"Deployed {deployed.runbook} {deployed.version}.")
    if workflow is None:
        out.say("It is bound to no entity. Bind it with --entity.")
        return
    out.record(workflow, SUMMARY)
    out.say(f"Run it: ntro workflow run {shlex.quote(workflow.name or workflow.id)} --period YYYY-MM")
