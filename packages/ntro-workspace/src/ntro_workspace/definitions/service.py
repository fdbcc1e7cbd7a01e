"""Workflows as the oldest published clients make them: defined, pushed as an archive, deployed, then run."""

import asyncio
import re
from uuid import UUID

import asyncpg

from ntro.workspace.models import RunbookDeploy, WorkflowCreate
from ntro_server.errors import Conflict, Invalid, NotFound
from ntro_workspace.db.references import as_uuid
from ntro_workspace.db.rows import to_answer
from ntro_workspace.definitions import repository
from ntro_workspace.definitions.archives import read_archive
from ntro_workspace.definitions.types import (
    Definition,
    DefinitionCreate,
    DefinitionVersion,
    VersionDeployment,
    VersionDeploymentCreate,
)
from ntro_workspace.entities import service as entities
from ntro_workspace.keys.types import Principal
from ntro_workspace.runbooks import repository as runbooks
from ntro_workspace.runbooks import service as deploying
from ntro_workspace.runbooks.bundle import Bundle, BundleError, pack, unpack
from ntro_workspace.runbooks.catalog import TemplateCatalog
from ntro_workspace.runbooks.manifest import Manifest, ManifestError, read_manifest
from ntro_workspace.schedules import service as schedules
from ntro_workspace.tenants import service as tenants
from ntro_workspace.workflows import repository as bindings
from ntro_workspace.workflows import service as workflows

MAX_SLUG = 40
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_STATUS_OF = {"PENDING": "DEPLOYING", "DEPLOYED": "DEPLOYED", "FAILED": "FAILED"}


async def create(connection: asyncpg.Connection, body: DefinitionCreate, caller: Principal) -> Definition:
    """A definition without code.

    Raises:
        NotFound: there is no such tenant.
        Conflict: the name is taken.
        Invalid: no slug can be made of the name, or the schedule or time zone cannot be read.
    """
    schedules.check(body.schedule, body.timezone)
    tenant_id = caller.tenant_id
    if body.tenantId is not None:
        tenant_id = (await tenants.resolve(connection, body.tenantId, caller))["id"]
    values = body.model_dump(include={"name", "description", "schedule", "timezone"})
    values |= {"tenant_id": tenant_id, "slug": slug_of(body.name)}
    taken = await bindings.name_taken(connection, body.name)
    definition_id = None if taken else await repository.insert(connection, values)
    if definition_id is None:
        raise Conflict("There is a workflow of that name already.", hint="Choose another name.")
    return to_definition(await _known(connection, str(definition_id), caller))


async def find(connection: asyncpg.Connection, reference: str, caller: Principal) -> asyncpg.Record | None:
    """The definition of an id or name that the key may see, or none."""
    definition_id = as_uuid(reference)
    row = None if definition_id is None else await repository.find(connection, definition_id)
    row = row or await repository.find_by_name(connection, reference)
    if row is None or caller.tenant_id not in {None, row["tenant_id"]}:
        return None
    return row


async def push(connection: asyncpg.Connection, reference: str, content: bytes, caller: Principal) -> DefinitionVersion:
    """The version that an archive is; the same files again are the same version.

    Raises:
        NotFound: there is no such definition.
        Invalid: the archive cannot be taken; the message says why.
    """
    definition = await _known(connection, reference, caller)
    try:
        bundle, manifest = await asyncio.to_thread(_read, content)
    except (BundleError, ManifestError) as error:
        raise Invalid(str(error)) from error
    await runbooks.put_artifact(connection, bundle.sha256, bundle.content)
    slug = manifest.slug or definition["runbook_slug"]
    return to_answer(DefinitionVersion, await repository.put_version(connection, definition["id"], slug, bundle.sha256))


async def deploy(
    connection: asyncpg.Connection, body: VersionDeploymentCreate, caller: Principal, catalog: TemplateCatalog
) -> UUID:
    """Deploys a version to a tenant and, where an entity is named, binds the definition to it.

    Returns:
        The deployment's id, still under way.

    Raises:
        NotFound: there is no such definition, version, tenant or entity.
        Conflict: the tenant has no running cell.
        Invalid: neither the body, the definition nor the key says which tenant.
    """
    definition = await _known(connection, body.workflowId, caller)
    version = await _version(connection, definition["id"], body.workflowVersionId)
    tenant = await tenants.resolve(connection, body.tenantId or _tenant_of(definition, caller), caller)
    tenants.require_active(tenant)
    entity = None if body.entityId is None else await entities.resolve(connection, tenant, body.entityId)
    content = await runbooks.artifact(connection, version["sha256"])
    assert content is not None
    asked = RunbookDeploy(
        tenantSlug=tenant["slug"],
        version=version["version"],
        workflowClass=_class_of(version["slug"]),
        files=await asyncio.to_thread(unpack, content),
    )
    checked = await deploying.check(version["slug"], asked)
    deployment_id = await deploying.deploy(connection, tenant, version["slug"], asked, checked)
    await repository.insert_deployment(connection, deployment_id, version, entity["id"] if entity else None)
    if entity is not None and await bindings.find(connection, definition["id"]) is None:
        await workflows.create(
            connection, _binding(definition, version, entity), caller, catalog, workflow_id=definition["id"]
        )
    return deployment_id


async def deployment(connection: asyncpg.Connection, reference: str, caller: Principal) -> VersionDeployment:
    """How far a deployment has come.

    Raises:
        NotFound: there is none that the key may see.
    """
    deployment_id = as_uuid(reference)
    row = None if deployment_id is None else await repository.deployment(connection, deployment_id)
    if row is None:
        raise NotFound("There is no such deployment.", hint="POST /v1/workspace/registry/deployments makes one.")
    caller.check_tenant(row["tenant_id"], what="deployment")
    return to_answer(
        VersionDeployment,
        row,
        workflowVersionId=str(row["version_id"]),
        status=_STATUS_OF[row["state"]],
        error=(row["result"] or {}).get("error"),
    )


def to_definition(row: asyncpg.Record) -> Definition:
    return to_answer(Definition, row)


def slug_of(name: str) -> str:
    """The runbook slug that a name makes.

    Raises:
        Invalid: the name has no letter or digit of a slug.
    """
    slug = _NOT_SLUG.sub("-", name.lower()).strip("-")[:MAX_SLUG].rstrip("-")
    if not slug:
        raise Invalid("name: no slug can be made of it; give it a letter from a to z or a digit.")
    return slug


def _read(content: bytes) -> tuple[Bundle, Manifest]:
    bundle = pack(read_archive(content))
    return bundle, read_manifest(bundle.files)


async def _known(connection: asyncpg.Connection, reference: str, caller: Principal) -> asyncpg.Record:
    row = await find(connection, reference, caller)
    if row is None:
        raise NotFound(
            "There is no such workflow definition.", hint="Deploy a runbook instead: POST /v1/runbooks/SLUG/deploy."
        )
    return row


async def _version(connection: asyncpg.Connection, definition_id: UUID, reference: str) -> asyncpg.Record:
    version_id = as_uuid(reference)
    row = None if version_id is None else await repository.version(connection, definition_id, version_id)
    if row is None:
        raise NotFound("The workflow has no such version.", hint="Push one to /workflows/ID/versions.")
    return row


def _tenant_of(definition: asyncpg.Record, caller: Principal) -> str:
    tenant_id = definition["tenant_id"] or caller.tenant_id
    if tenant_id is None:
        raise Invalid("tenantId: say to which tenant the version is to be deployed.")
    return str(tenant_id)


def _class_of(slug: str) -> str:
    return "".join(part.capitalize() for part in slug.split("-")) + "Workflow"


def _binding(definition: asyncpg.Record, version: asyncpg.Record, entity: asyncpg.Record) -> WorkflowCreate:
    return WorkflowCreate(
        runbookSlug=version["slug"],
        entityId=str(entity["id"]),
        name=definition["name"],
        description=definition["description"],
        schedule=definition["schedule"],
        timezone=definition["timezone"],
    )
