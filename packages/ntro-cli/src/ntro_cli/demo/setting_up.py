"""Brings entity, runbooks, binding and task into being; what is there already is used as it is."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ntro.runbook.deployable import read_deployable
from ntro.workspace.client import Client
from ntro.workspace.errors import ConflictError, NotFoundError
from ntro.workspace.models import Entity, Task, Tenant, Workflow
from ntro_cli.demo.material import RUNBOOKS, Material, runbook_folder
from ntro_cli.errors import CommandError, ExitCode
from ntro_cli.output import Output
from ntro_cli.stack.demo import SLUG

WORKFLOW_NAME = "Acme Commercial SPV 1, monthly NAV"
CLOSING_RUNBOOK = "nav-monthly"
SCHEDULE = "0 8 5 * *"
TIMEZONE = "Europe/Jersey"
DEPLOY_SECONDS = 180
PENDING = "PENDING"
_OPEN = frozenset({"PENDING", "READY", "IN_PROGRESS", "BLOCKED"})


@dataclass(frozen=True, slots=True)
class DemoTask:
    """The close that the demo drives."""

    tenant: Tenant
    entity: Entity
    task: Task


def demo_entity(client: Client, tenant: Tenant, material: Material) -> Entity:
    """The demo's entity, with the configuration of the material."""
    given = material.entity
    try:
        client.entities.get_sync(tenant.id, given["slug"])
    except NotFoundError:
        return client.entities.create_sync(
            tenant.id,
            given["name"],
            given["slug"],
            type=given["type"],
            jurisdiction=given["jurisdiction"],
            currency=given["currency"],
            config=given["config"],
        )
    return client.entities.update_sync(tenant.id, given["slug"], config=given["config"])


def deploy(client: Client, tenant: Tenant, slug: str) -> str:
    """Deploys a runbook as it lies on the disk and answers its version.

    Raises:
        CommandError: it was not deployed within three minutes.
    """
    bundle = read_deployable(Path(runbook_folder(slug)))
    deadline = time.monotonic() + DEPLOY_SECONDS
    while time.monotonic() < deadline:
        # The server waits a while for the deployment; the same one that is still under way is joined.
        deployed = client.runbooks.deploy_sync(
            bundle.slug,
            tenant=tenant.slug,
            version=bundle.version,
            workflow_class=bundle.workflow_class,
            files=bundle.files,
            activity_modules=bundle.activity_modules,
        )
        if deployed.result.get("state") != PENDING:
            return deployed.version
    raise CommandError(
        f"{bundle.slug} {bundle.version} was not deployed within {DEPLOY_SECONDS} s.",
        code="timed_out",
        hint="Run ntro demo again; it goes on where it was.",
        exit_code=ExitCode.TIMED_OUT,
    )


def binding(client: Client, tenant: Tenant, entity: Entity) -> Workflow:
    """The monthly close of the entity, on the fifth of each month."""
    try:
        return client.workflows.create_sync(
            CLOSING_RUNBOOK, entity.id, tenant=tenant.id, name=WORKFLOW_NAME, schedule=SCHEDULE, timezone=TIMEZONE
        )
    except ConflictError:
        return client.workflows.get_sync(WORKFLOW_NAME)


def closing_task(client: Client, tenant: Tenant, entity: Entity, workflow: Workflow, period: str) -> Task:
    """The close of `period`: the one that is open, or one that was completed, else a new one."""
    known = [task for task in client.entities.tasks_sync(tenant.id, entity.id) if task.context.get("period") == period]
    usable = [task for task in known if task.status in _OPEN] or [task for task in known if task.status == "COMPLETED"]
    return usable[0] if usable else client.tasks.create_sync(tenant.id, workflow.id, context={"period": period})


def set_up(client: Client, material: Material, out: Output) -> DemoTask:
    """Everything up to the running close, each thing said as it is done."""
    tenant = client.tenants.get_sync(SLUG)
    entity = demo_entity(client, tenant, material)
    out.say(f"  entity {entity.slug}")
    # Most of a deployment is waiting for its worker to start.
    with ThreadPoolExecutor(len(RUNBOOKS)) as pool:
        for slug, version in zip(RUNBOOKS, pool.map(lambda slug: deploy(client, tenant, slug), RUNBOOKS), strict=True):
            out.say(f"  runbook {slug} {version}")
    workflow = binding(client, tenant, entity)
    task = closing_task(client, tenant, entity, workflow, material.truth["period"])
    out.say(f"  task {task.id}")
    return DemoTask(tenant, entity, task)
