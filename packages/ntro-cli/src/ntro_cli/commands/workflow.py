"""`ntro workflow`: deploy a runbook, bind it to an entity, run it."""

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ntro.runbook.deployable import Deployable, read_deployable
from ntro.workspace.errors import WaitTimeoutError
from ntro_cli.commands import scenarios
from ntro_cli.errors import CommandError
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.outcome import leave_with
from ntro_cli.output import Column, Output
from ntro_cli.parameters import DryRunOption, EntityOption, TenantOption, json_object
from ntro_cli.session import Session, session

if TYPE_CHECKING:
    from ntro.workspace.models import RunbookDeployed, Workflow

app = group(
    "Deploy runbooks, bind them to entities, run them.",
    "ntro workflow create --path runbooks/nav-monthly --tenant acme --entity acme-spv1 --schedule '0 8 5 * *'",
    "ntro workflow run nav-monthly --tenant acme --entity acme-spv1 --period 2026-03",
)

app.command("test", help=scenarios.HELP)(scenarios.run_scenarios_of)

_DEPLOY_SECONDS = 900.0
_COLUMNS = (
    Column("name", "name"),
    Column("runbook", "runbookSlug"),
    Column("version", "runbookVersion"),
    Column("schedule", "schedule"),
    Column("entity", "entity.slug"),
    Column("id", "id"),
)
_FIELDS = (
    *_COLUMNS,
    Column("timezone", "timezone"),
    Column("next runs", "nextRuns"),
    Column("description", "description"),
    Column("config", "defaultConfig"),
)
_TASK = (
    Column("task", "id"),
    Column("status", "status"),
    Column("period", "period"),
    Column("workflow", "workflowId"),
    Column("pages", "links.workflow_ui"),
)


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
    name: Annotated[str | None, typer.Option(help="Name of the workflow.")] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    config: Annotated[str | None, typer.Option(help="Default config: JSON object, or @FILE.")] = None,
    pin: Annotated[bool, typer.Option("--pin", help="Stay on this version, whatever is deployed later.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Deploys and binds."""
    bundle = read_deployable(path)
    default_config = json_object(config, "--config")
    if dry_run:
        _show_plan(invocation_of(context).out, bundle, entity)
        return
    with session(context, tenant=tenant, entity=entity) as found:
        deployed = _deploy(found, bundle)
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
                default_config=default_config,
            )
        _show_created(found.out, deployed, workflow)


@app.command("list", help=explained("List workflows.", "ntro workflow list -o json"))
def list_workflows(context: typer.Context) -> None:
    """Lists workflows."""
    with session(context) as found:
        workflows = found.client.workflows.list_sync()
        found.out.rows(workflows, _COLUMNS, empty="There is no workflow yet. Create one with: ntro workflow create")


@app.command(help=explained("Show a workflow.", "ntro workflow info nav-monthly"))
def info(context: typer.Context, workflow: Annotated[str, typer.Argument(help="Id or name.")]) -> None:
    """Shows a workflow."""
    with session(context) as found:
        found.out.record(found.client.workflows.get_sync(workflow), _FIELDS)


@app.command(
    help=explained(
        "Start a run.",
        "ntro workflow run nav-monthly --tenant acme --entity acme-spv1 --period 2026-03",
        "ntro workflow run nav-monthly --tenant acme --period 2026-03 --context @context.json --wait",
    )
)
def run(
    context: typer.Context,
    workflow: Annotated[str, typer.Argument(help="Id or name.")],
    *,
    tenant: TenantOption = None,
    entity: EntityOption = None,
    period: Annotated[str | None, typer.Option(help="Such as 2026-03.")] = None,
    priority: Annotated[str | None, typer.Option(help="LOW, NORMAL or HIGH.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="A rehearsal: the run itself posts nothing.")] = False,
    run_context: Annotated[str | None, typer.Option("--context", help="JSON object, or @FILE.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end; the exit code says how it ended.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait at most.")] = 300,
) -> None:
    """Starts a run."""
    given = json_object(run_context, "--context") or {}
    named = {"period": period, "priority": priority, "dry_run": dry_run or None}
    given |= {key: value for key, value in named.items() if value is not None}
    with session(context, tenant=tenant) as found:
        task = found.client.tasks.create_sync(found.tenant, workflow, entity=entity, context=given)
        if wait:
            found.out.say(f"Run {task.id} has started.")
            task = found.client.tasks.wait_sync(
                task.id, seconds=timeout, on_change=lambda now: found.out.say(f"{now.status}")
            )
        found.out.record(task, _TASK)
        if not wait:
            found.out.say(f"Watch it: ntro run watch {task.id}")
            return
        leave_with(task, failure_type=task.failure.type if task.failure else None)


def _deploy(found: Session, bundle: Deployable) -> "RunbookDeployed":
    found.out.say(f"Deploying {bundle.slug} {bundle.version} ({len(bundle.files)} files) to {found.tenant} …")
    until = time.monotonic() + _DEPLOY_SECONDS
    deployed = _send(found, bundle)
    while deployed.result.get("state") == "PENDING":
        if time.monotonic() > until:
            raise WaitTimeoutError(
                f"{bundle.slug} {bundle.version} was not deployed within {_DEPLOY_SECONDS:g} s.",
                hint="The same command again goes on waiting.",
            )
        found.out.say("Its environment is still being made …")
        deployed = _send(found, bundle)
    for warning in deployed.result.get("warnings") or []:
        found.out.say(f"Warning: {warning}")
    if deployed.result.get("ok") is False:
        reason = str(deployed.result.get("error") or "no reason was given")
        raise CommandError(f"{bundle.slug} {bundle.version} was not deployed: {reason}", code="deployment_failed")
    return deployed


def _send(found: Session, bundle: Deployable) -> "RunbookDeployed":
    """Sends the bundle; while the same deployment is under way it is joined, and the server waits a while."""
    return found.client.runbooks.deploy_sync(
        bundle.slug,
        tenant=found.tenant,
        version=bundle.version,
        workflow_class=bundle.workflow_class,
        files=bundle.files,
        activity_modules=bundle.activity_modules or None,
    )


def _show_plan(out: Output, bundle: Deployable, entity: str | None) -> None:
    plan = {"runbook": bundle.slug, "version": bundle.version, "workflowClass": bundle.workflow_class}
    out.document({"dryRun": True, **plan, "files": [*bundle.files], "entity": entity})


def _show_created(out: Output, deployed: "RunbookDeployed", workflow: "Workflow | None") -> None:
    if out.is_json:
        out.document({"deployment": deployed, "workflow": workflow})
        return
    out.text(f"Deployed {deployed.runbook} {deployed.version}.")
    if workflow is None:
        out.say("It is bound to no entity. Bind it with --entity.")
        return
    out.record(workflow, _COLUMNS)
    out.say(f"Run it: ntro workflow run {shlex.quote(workflow.name or workflow.id)} --period YYYY-MM")
