"""`ntro workflow plan`, `push` and `deploy`: a runbook's code, without any binding."""

import asyncio
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ntro_cli.deploying import deploy, described, read_bundle
from ntro_cli.group import explained
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption, TenantOption
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

PLAN = explained(
    "Show what deploying a folder would move: files, version, workflows. Changes nothing.",
    "ntro workflow plan runbooks/nav-monthly --tenant acme",
)
PUSH = explained(
    "Deploy the code in a folder without making it current: only workflows pinned to its version use it.",
    "ntro workflow push runbooks/nav-monthly --tenant acme",
    "ntro workflow update nav-monthly --pin 1.3.0",
)
DEPLOY = explained(
    "Deploy the code in a folder and make it current: the next runs of all workflows that follow it use it.",
    "ntro workflow deploy runbooks/nav-monthly --tenant acme",
    "ntro workflow deploy nav-monthly.zip --tenant acme",
)
_PLAN = (
    Column("runbook", "slug"),
    Column("version", "version"),
    Column("known version", "known_version"),
    Column("added", "added"),
    Column("changed", "changed"),
    Column("removed", "removed"),
    Column("workflows that follow", "following"),
    Column("workflows that stay", "staying"),
)
_DEPLOYED = (Column("runbook", "runbook"), Column("version", "version"), Column("queue", "taskQueue"))
BundleArgument = Annotated[
    Path,
    typer.Argument(metavar="PATH", help="Folder with runbook.md and templates/, or a .zip of it.", show_default=False),
]


def plan(context: typer.Context, path: BundleArgument, *, tenant: TenantOption = None) -> None:
    """Shows what would move."""
    from ntro.runbook.plan import DeploymentPlan, plan_deployment  # noqa: PLC0415 - used by this command alone

    bundle = read_bundle(path)
    with session(context, tenant=tenant) as found:

        async def planned() -> DeploymentPlan:
            async with aclosing(found.client):
                return await plan_deployment(found.client, bundle, found.tenant)

        shown = asyncio.run(planned())
        found.out.record(asdict(shown) | {"same_version": shown.same_version}, _PLAN)
        if shown.same_version:
            found.out.say(f"The files differ, the version does not: raise {shown.version} in runbook.md.")


def push(
    context: typer.Context, path: BundleArgument, *, tenant: TenantOption = None, dry_run: DryRunOption = False
) -> None:
    """Deploys without making it current."""
    _deploy(context, path, tenant, current=False, dry_run=dry_run)


def deploy_code(
    context: typer.Context, path: BundleArgument, *, tenant: TenantOption = None, dry_run: DryRunOption = False
) -> None:
    """Deploys and makes it current."""
    _deploy(context, path, tenant, current=True, dry_run=dry_run)


def _deploy(context: typer.Context, path: Path, tenant: str | None, *, current: bool, dry_run: bool) -> None:
    bundle = read_bundle(path)
    if dry_run:
        action = "workflow deploy" if current else "workflow push"
        rehearse(invocation_of(context).out, action, {**described(bundle), "tenant": tenant, "makeCurrent": current})
        return
    with session(context, tenant=tenant) as found:
        found.out.record(deploy(found, bundle, make_current=current), _DEPLOYED)
        if not current:
            found.out.say(f"Use it: ntro workflow update WORKFLOW --pin {bundle.version}")
