"""Runbooks: deploying a bundle to a tenant, and what is known of those deployed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from ntro.workspace.commands import Deployment
from ntro.workspace.models import RunbookDeploy, RunbookDeployed
from ntro_server.errors import Invalid, NotFound
from ntro_workspace.commands import service as commands
from ntro_workspace.db.rows import wire_value
from ntro_workspace.runbooks import repository
from ntro_workspace.runbooks.bundle import Bundle, BundleError, pack
from ntro_workspace.runbooks.catalog import TemplateCatalog
from ntro_workspace.runbooks.manifest import Manifest, ManifestError, read_manifest

DEFAULT_MODULES = ["activities"]


@dataclass(frozen=True, slots=True)
class CheckedBundle:
    """A bundle whose files and front matter were read."""

    bundle: Bundle
    manifest: Manifest


async def check(slug: str, body: RunbookDeploy) -> CheckedBundle:
    """Packs and reads the bundle, in a thread.

    Raises:
        Invalid: a path, a size or the front matter cannot be taken.
    """
    try:
        checked = await asyncio.to_thread(_check, body.files)
    except (BundleError, ManifestError) as error:
        raise Invalid(str(error)) from error
    if checked.manifest.slug not in {"", slug}:
        raise Invalid(f"The front matter says slug {checked.manifest.slug}, the address says {slug}.")
    return checked


async def deploy(
    connection: asyncpg.Connection, tenant: asyncpg.Record, slug: str, body: RunbookDeploy, checked: CheckedBundle
) -> UUID:
    """Stores the bundle and tells the cell to take it; the same deployment still under way is joined."""
    sha256 = checked.bundle.sha256
    known = await repository.open_deployment(
        connection, tenant_id=tenant["id"], slug=slug, version=body.version, sha256=sha256
    )
    if known is not None:
        return known
    await repository.put_artifact(connection, sha256, checked.bundle.content)
    values = {
        "tenant_id": tenant["id"],
        "slug": slug,
        "version": body.version,
        "sha256": sha256,
        "workflow_class": body.workflowClass,
        "manifest": checked.manifest.model_dump(mode="json"),
    }
    deployment_id = await repository.insert_deployment(connection, values)
    command = Deployment(
        deployment_id=deployment_id,
        slug=slug,
        version=body.version,
        sha256=sha256,
        workflow_class=body.workflowClass,
        activity_modules=body.activityModules or DEFAULT_MODULES,
        make_current=body.makeCurrent,
    )
    await commands.deploy(connection, tenant["id"], command)
    return deployment_id


def to_deployed(row: asyncpg.Record) -> RunbookDeployed:
    """The answer of a deployment.

    Raises:
        Invalid: the cell refused the bundle; the message is the bundle's own error.
    """
    result = {"state": row["state"], "sha256": row["sha256"]} | wire_value(row["result"] or {})
    if row["state"] == "FAILED":
        raise Invalid(
            f"The runbook {row['slug']} {row['version']} was not deployed: {result.get('error')}",
            hint="Correct the bundle and deploy it again; running tasks are not touched.",
            extra={"result": result},
        )
    return RunbookDeployed(
        workflowId=commands.deploy_key(row["id"]),
        taskQueue=result.get("task_queue") or f"runbook:{row['slug']}",
        runbook=row["slug"],
        version=row["version"],
        result=result,
    )


async def require_known(
    connection: asyncpg.Connection, catalog: TemplateCatalog, tenant_id: UUID, slug: str, version: str | None
) -> None:
    """Raises `NotFound` unless the runbook, or the pinned version of it, is there to be run."""
    versions = await repository.versions(connection, tenant_id, slug)
    if version is not None and version not in versions:
        raise NotFound(f"The runbook {slug} was not deployed in version {version} for this tenant.")
    if not versions and catalog.get(slug) is None:
        raise NotFound(f"There is no runbook {slug}.", hint="Deploy it first: POST /v1/runbooks/SLUG/deploy.")


def _check(files: Mapping[str, str]) -> CheckedBundle:
    bundle = pack(files)
    return CheckedBundle(bundle, read_manifest(bundle.files))
