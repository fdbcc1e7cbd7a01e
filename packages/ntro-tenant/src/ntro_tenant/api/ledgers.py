"""The tenant's general ledger."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import Field

from ntro_tenant.api import schemas
from ntro_tenant.api.authentication import CellDependency, Decider, Reader
from ntro_tenant.api.exact_json import ExactRoute
from ntro_tenant.core import general_ledger

router = APIRouter(prefix="/gl", tags=["general ledger"], route_class=ExactRoute)


class LedgerStatus(schemas.Shape):
    """The connected ledger; what follows `tenantId` is absent where none is."""

    connected: bool
    tenant_id: str
    provider: str = ""
    service: str = ""
    status: Literal["ACTIVE"] = "ACTIVE"
    last_sync_at: str | None = None
    workspace_name: str | None = None


class ConnectBody(schemas.Shape):
    """Which ledger to connect; without it the page offers all."""

    service_id: schemas.Code | None = None


class ConnectSession(schemas.Shape):
    """Where a person connects the ledger."""

    session_url: str = Field(min_length=1)


@router.get("/status", response_model_exclude_unset=True)
async def get_status(cell: CellDependency, person: Reader) -> LedgerStatus:
    """Whether a ledger is connected, and which. Never an error for the ledger's sake."""
    tenant_id = str(cell.settings.tenant_id)
    found = await general_ledger.ledger_status(cell, person)
    if found is None:
        return LedgerStatus(connected=False, tenant_id=tenant_id)
    return LedgerStatus(
        connected=True,
        tenant_id=tenant_id,
        provider=found.provider,
        service=found.service,
        status="ACTIVE",
        last_sync_at=found.last_sync_at,
        workspace_name=found.workspace_name,
    )


@router.post("/connect/session")
async def connect(cell: CellDependency, person: Decider, body: ConnectBody | None = None) -> ConnectSession:
    """Begins to connect a ledger: the answer's page is for a person; ask for the status afterwards."""
    address = await general_ledger.connect(cell, person, body.service_id if body else None)
    return ConnectSession(session_url=address)


@router.delete("", status_code=204, response_class=Response)
async def disconnect(cell: CellDependency, person: Decider) -> Response:
    """Disconnects the ledger. Again changes nothing."""
    await general_ledger.disconnect(cell, person)
    return Response(status_code=204)
