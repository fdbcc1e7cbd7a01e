"""Sending a runbook to a tenant's cell, and waiting until its environment is made there."""

import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from ntro.runbook.deployable import Deployable, deployable_of, read_deployable
from ntro.workspace.errors import WaitTimeoutError
from ntro_cli.errors import CommandError
from ntro_cli.session import Session
from ntro_cli.zipped import texts_of

if TYPE_CHECKING:
    from ntro.workspace.models import RunbookDeployed

_DEPLOY_SECONDS = 900.0


def read_bundle(path: Path) -> Deployable:
    """The runbook in a folder, or in a `.zip` of one.

    Raises:
        DeployableError: it is no runbook, or too large.
        CommandError: the archive cannot be read.
    """
    if path.is_file() and zipfile.is_zipfile(path):
        return deployable_of(texts_of(path))
    return read_deployable(path)


def described(bundle: Deployable) -> dict[str, object]:
    """What is told of a bundle before it is sent."""
    return {
        "runbook": bundle.slug,
        "version": bundle.version,
        "workflowClass": bundle.workflow_class,
        "files": [*bundle.files],
    }


def deploy(found: Session, bundle: Deployable, *, make_current: bool = True) -> "RunbookDeployed":
    """The deployment once the cell has made the bundle's environment.

    Raises:
        WaitTimeoutError: it has not within a quarter of an hour.
        CommandError: the cell refused the bundle.
    """
    found.out.say(f"Deploying {bundle.slug} {bundle.version} ({len(bundle.files)} files) to {found.tenant} …")
    until = time.monotonic() + _DEPLOY_SECONDS
    deployed = _send(found, bundle, make_current=make_current)
    while deployed.result.get("state") == "PENDING":
        if time.monotonic() > until:
            raise WaitTimeoutError(
                f"{bundle.slug} {bundle.version} was not deployed within {_DEPLOY_SECONDS:g} s.",
                hint="The same command again goes on waiting.",
            )
        found.out.say("Its environment is still being made …")
        deployed = _send(found, bundle, make_current=make_current)
    for warning in deployed.result.get("warnings") or []:
        found.out.say(f"Warning: {warning}")
    if deployed.result.get("ok") is False:
        reason = str(deployed.result.get("error") or "no reason was given")
        raise CommandError(f"{bundle.slug} {bundle.version} was not deployed: {reason}", code="deployment_failed")
    return deployed


def _send(found: Session, bundle: Deployable, *, make_current: bool) -> "RunbookDeployed":
    """Sends the bundle; while the same deployment is under way it is joined, and the server waits a while."""
    return found.client.runbooks.deploy_sync(
        bundle.slug,
        tenant=found.tenant,
        version=bundle.version,
        workflow_class=bundle.workflow_class,
        files=bundle.files,
        activity_modules=bundle.activity_modules or None,
        make_current=make_current,
    )
