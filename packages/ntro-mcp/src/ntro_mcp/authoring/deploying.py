"""Tools that move a runbook to a tenant: first what would move, then the move."""

from typing import Annotated

from pydantic import Field

from ntro.runbook.deployable import Deployable
from ntro.runbook.plan import DeploymentPlan, plan_deployment
from ntro.workspace.errors import NtroError
from ntro.workspace.models import RunbookDeployed
from ntro_mcp.authoring.bundles import Files, OptionalFolder, bundle_of
from ntro_mcp.authoring.views import Planned, RunbookSent
from ntro_mcp.caller import Callers
from ntro_mcp.hints import CHANGES, READS
from ntro_mcp.registering import Group, tool
from ntro_mcp.tools.arguments import TenantId
from ntro_mcp.waiting import POLL_AFTER_MS


class DeploymentFailedError(NtroError):
    """The cell did not take the runbook; the message is the runbook's own error."""

    default_code = "deployment_failed"


class DeploymentTools(Group):
    """`ntro_runbook_plan` and `ntro_runbook_deploy`."""

    def __init__(self, callers: Callers, *, local: bool) -> None:
        super().__init__(callers)
        self._local = local

    @tool("ntro_runbook_plan", title="What a deployment would move", hints=READS)
    async def plan(self, path: OptionalFolder = None, files: Files = None, tenant_id: TenantId = None) -> Planned:
        """Compares a runbook with what is deployed: files, version, and the workflows that would follow."""
        caller = await self.caller()
        bundle = await bundle_of(path, files, local=self._local)
        return _planned(await plan_deployment(caller.client, bundle, caller.tenant_of(tenant_id)))

    @tool("ntro_runbook_deploy", title="Deploy a runbook", hints=CHANGES)
    async def deploy(
        self,
        path: OptionalFolder = None,
        files: Files = None,
        tenant_id: TenantId = None,
        make_current: Annotated[
            bool, Field(description="Whether workflows that are not pinned use it from their next run.")
        ] = True,
    ) -> RunbookSent:
        """Deploys a runbook to a tenant and waits some seconds for it. Runs that have started are not touched.

        A version is immutable: raise `version` in runbook.md for a change. Look at ntro_runbook_plan first.
        """
        caller = await self.caller()
        tenant = caller.tenant_of(tenant_id)
        bundle = await bundle_of(path, files, local=self._local)
        deployed = await caller.client.runbooks.deploy(
            bundle.slug,
            tenant=tenant,
            version=bundle.version,
            workflow_class=bundle.workflow_class,
            files=bundle.files,
            activity_modules=bundle.activity_modules or None,
            make_current=make_current,
        )
        return _sent(bundle, tenant, deployed)


def _sent(bundle: Deployable, tenant: str, deployed: RunbookDeployed) -> RunbookSent:
    if deployed.result.get("ok") is False:
        raise DeploymentFailedError(
            f"{bundle.slug} {bundle.version} was not deployed: {deployed.result.get('error') or 'no reason was given'}",
            hint="Correct it, validate it, and deploy it again; running tasks are not touched.",
        )
    is_pending = deployed.result.get("state") == "PENDING"
    bind = f"Bind it with ntro_workflow_create, runbook_slug {bundle.slug}; run it with ntro_workflow_run."
    return RunbookSent(
        state="pending" if is_pending else "deployed",
        slug=deployed.runbook,
        version=deployed.version,
        tenant=tenant,
        warnings=[str(warning) for warning in deployed.result.get("warnings") or []],
        pollAfterMs=POLL_AFTER_MS if is_pending else None,
        nextStep="Its environment is still being made; call again with the same arguments." if is_pending else bind,
    )


def _planned(plan: DeploymentPlan) -> Planned:
    return Planned(
        slug=plan.slug,
        version=plan.version,
        knownVersion=plan.known_version,
        added=list(plan.added),
        changed=list(plan.changed),
        removed=list(plan.removed),
        following=list(plan.following),
        staying=list(plan.staying),
        warning=f"Version {plan.version} is there with other files; raise it." if plan.same_version else None,
    )
