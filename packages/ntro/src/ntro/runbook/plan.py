"""What deploying a runbook would move: its version, its files, the workflows that follow it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ntro.runbook.deployable import Deployable
from ntro.workspace.errors import NotFoundError

if TYPE_CHECKING:
    from ntro.workspace.client import Client
    from ntro.workspace.models import Workflow


@dataclass(frozen=True, slots=True)
class DeploymentPlan:
    """What would change. `known_version` is the version the registry knows now; none where the runbook is new.

    `following` are the tenant's workflows whose next runs would use the deployed version; `staying` are pinned.
    `same_version` warns: the version is there already and a version is immutable.
    """

    slug: str
    version: str
    known_version: str | None
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    following: tuple[str, ...]
    staying: tuple[str, ...]

    @property
    def same_version(self) -> bool:
        """Whether the files differ although the version does not."""
        return self.version == self.known_version and bool(self.added or self.changed or self.removed)


async def plan_deployment(client: "Client", bundle: Deployable, tenant: str) -> DeploymentPlan:
    """Compare `bundle` with what the registry knows, for a tenant (id or slug). Nothing is changed.

    Raises:
        NtroError: Workspace does not answer, or the tenant is unknown.
    """
    tenant_id = (await client.tenants.get(tenant)).id
    version, files = await _known(client, bundle.slug)
    bound = [
        workflow
        for workflow in await client.workflows.list()
        if workflow.runbookSlug == bundle.slug and workflow.tenantId in (None, tenant_id)
    ]
    return DeploymentPlan(
        slug=bundle.slug,
        version=bundle.version,
        known_version=version,
        added=tuple(sorted(bundle.files.keys() - files.keys())),
        changed=tuple(sorted(path for path, text in files.items() if bundle.files.get(path, text) != text)),
        removed=tuple(sorted(files.keys() - bundle.files.keys())),
        following=_names(bound, pinned=False),
        staying=_names(bound, pinned=True),
    )


async def _known(client: "Client", slug: str) -> tuple[str | None, Mapping[str, str]]:
    try:
        detail = await client.runbooks.get(slug)
        templates = await client.runbooks.templates(slug)
    except NotFoundError:
        return None, {}
    return detail.version, {file.path: file.content for file in templates.templates}


def _names(workflows: "Sequence[Workflow]", *, pinned: bool) -> tuple[str, ...]:
    found = (workflow for workflow in workflows if (workflow.runbookVersion is not None) is pinned)
    return tuple(sorted(workflow.name or workflow.id for workflow in found))
