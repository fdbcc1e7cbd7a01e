"""What the parts of the ops worker share."""

from dataclasses import dataclass

import asyncpg
import httpx2
from temporalio.client import Client

from ntro.workflow.records import RECORDED_QUEUE_PREFIX
from ntro_tenant.settings import CellSettings

HTTP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Cell:
    """Settings and connections of the cell. `client` encrypts; `http` speaks to Workspace with the cell's key."""

    settings: CellSettings
    pool: asyncpg.Pool
    client: Client
    http: httpx2.AsyncClient


def workspace_http(settings: CellSettings) -> httpx2.AsyncClient:
    """A client whose paths are relative to `workspace_url` (which ends in `/v1`) and which carries the cell's key."""
    return httpx2.AsyncClient(
        base_url=settings.workspace_url.rstrip("/") + "/",
        headers={"Authorization": f"Bearer {settings.cell_key.get_secret_value()}"},
        timeout=HTTP_SECONDS,
        follow_redirects=False,
    )


def run_queue(slug: str) -> str:
    """The Temporal queue of a runbook's runs."""
    return f"{RECORDED_QUEUE_PREFIX}{slug}"


def deployment_name(slug: str) -> str:
    """The name of a runbook's worker deployment."""
    return f"runbook-{slug}"


def build_id(version: str, sha256: str) -> str:
    """The build id of a runbook's version: the same version with other bytes is another build."""
    return f"{version}-{sha256[:12]}"


def tenant_api_url(settings: CellSettings) -> str:
    """The address of the cell's API, ending in `/v1`."""
    return f"{settings.public_url.rstrip('/').removesuffix('/v1')}/v1"
