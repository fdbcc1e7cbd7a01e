"""The tenant's general ledger: whether one is connected, connecting one, disconnecting it.

A connection that was made here is kept here and counts before the tenant's configuration; runs that start afterwards
get it as their `gl`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from ntro.capabilities.gl import ConnectionError_, ProviderError
from ntro.capabilities.gl.connecting import ACTIVE, LedgerConnection, begin_session, find_connection
from ntro_server.errors import Conflict, Unavailable
from ntro_tenant.core.cell import Cell
from ntro_tenant.core.people import Person
from ntro_tenant.core.recording.log import append_event
from ntro_tenant.db import gl_repository

PENDING = "PENDING"
OWN = "internal"
_BROKERED = frozenset({"apideck", "unified"})
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """What is known of the connected ledger. `service` is that behind the provider, such as `xero`."""

    provider: str
    service: str
    status: str
    last_sync_at: str | None
    workspace_name: str | None


async def ledger_status(cell: Cell, person: Person) -> LedgerStatus | None:
    """The connected ledger, none where none is ready. A connection that waits for its person is looked after first."""
    async with cell.transaction() as connection:
        config = await gl_repository.gl_config(connection, cell.settings.tenant_id)
    if config is None:
        return None
    if config.get("provider") == OWN:
        return LedgerStatus(OWN, OWN, ACTIVE, None, "The tenant's own ledger")
    options = config.get("options") or {}
    if config.get("provider") in _BROKERED and options.get("status") == PENDING:
        options = await _settled(cell, person, config) or options
    return _status(str(config.get("provider")), options) if options.get("status") == ACTIVE else None


async def connect(cell: Cell, person: Person, service_id: str | None) -> str:
    """The address of the page on which a person connects a ledger.

    Raises:
        Conflict: the cell has no credentials of a connector.
        Unavailable: the connector does not answer or refuses.
    """
    tenant_id = cell.settings.tenant_id
    async with cell.transaction() as connection:
        config = await gl_repository.gl_config(connection, tenant_id) or {}
    known = (config.get("options") or {}) if config.get("provider") in _BROKERED else {}
    options = {"consumer_id": str(tenant_id), **known} | ({"service_id": service_id} if service_id else {})
    try:
        address = await begin_session(options, redirect_uri=cell.settings.public_url.removesuffix("/v1"))
    except ConnectionError_ as error:
        raise Conflict(
            "This cell has no valid credentials for connecting ledgers.",
            code="gl_not_configured",
            hint="Its operator sets the connector's key and application for the cell.",
        ) from error
    except ProviderError as error:
        raise Unavailable("The connector of ledgers does not answer.", hint="Try again in a moment.") from error
    if known.get("status") != ACTIVE or options.get("service_id") != known.get("service_id"):
        waiting = {"provider": "apideck", "options": options | {"status": PENDING}}
        await _store(cell, tenant_id, waiting, person, "gl.connecting")
    return address


async def disconnect(cell: Cell, person: Person) -> None:
    """Disconnects the ledger; runs that start from now on have none. Again changes nothing.

    What the ledger's owner authorised stays authorised at the ledger until it is revoked there.
    """
    tenant_id = cell.settings.tenant_id
    async with cell.transaction() as connection:
        connected = await gl_repository.gl_config(connection, tenant_id) is not None
    if connected:
        await _store(cell, tenant_id, None, person, "gl.disconnected")


async def _settled(cell: Cell, person: Person, config: dict[str, Any]) -> dict[str, Any] | None:
    """The options of a connection that has become ready meanwhile."""
    options: dict[str, Any] = config["options"]
    try:
        found = await find_connection(options)
    except ProviderError as error:
        _log.warning("a ledger's connection cannot be looked after", error=str(error))
        return None
    if found is None:
        return None
    ready = options | _ready(found)
    await _store(cell, cell.settings.tenant_id, config | {"options": ready}, person, "gl.connected")
    return ready


def _ready(found: LedgerConnection) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    return {
        "service_id": found.service_id,
        "status": ACTIVE,
        "connected_at": at,
        "metadata": {"service": found.service_id, "name": found.name, "connected_at": at},
    }


def _status(provider: str, options: dict[str, Any]) -> LedgerStatus:
    metadata = options.get("metadata") or {}
    times = [str(metadata[name]) for name in ("updated_at", "connected_at") if metadata.get(name)]
    name = metadata.get("name") or metadata.get("service")
    service = str(options.get("service_id") or metadata.get("service") or "")
    return LedgerStatus(provider, service, ACTIVE, max(times, default=None), name)


async def _store(cell: Cell, tenant_id: UUID, config: dict[str, Any] | None, person: Person, what: str) -> None:
    async with cell.transaction() as connection:
        await gl_repository.store_gl_config(connection, tenant_id, config, changed_by=person.subject)
        await _record(connection, person, what, config)


async def _record(connection: asyncpg.Connection, person: Person, what: str, config: dict[str, Any] | None) -> None:
    options = (config or {}).get("options") or {}
    await append_event(
        connection,
        type=what,
        source="api",
        actor=person.subject,
        payload={"provider": (config or {}).get("provider"), "service": options.get("service_id")},
        at=datetime.now(UTC),
    )
