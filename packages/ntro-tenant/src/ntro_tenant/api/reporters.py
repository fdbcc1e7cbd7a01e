"""Who may add to a task's log: whoever may write, and the cell's own workers while a model reasons."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials

from ntro_server.errors import Unauthenticated
from ntro_tenant.api.authentication import CellDependency, bearer, cookie, current_person, writer
from ntro_tenant.core.people import Person
from ntro_tenant.core.worker_key import is_worker_key

WORKER = "worker"
_MINUTE = timedelta(minutes=1)
_key = APIKeyHeader(
    name="x-ntro-events-key", auto_error=False, scheme_name="workerKey", description="Key of the cell's own workers."
)


async def reporter(
    request: Request,
    cell: CellDependency,
    key: Annotated[str | None, Security(_key)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
    session: Annotated[str | None, Security(cookie)],
) -> Person:
    """Who reports.

    Raises:
        Unauthenticated: the key is not the one of this cell's workers; without one, as for every write.
        Forbidden: as for every write.
    """
    if key is None:
        return await writer(await current_person(request, cell, credentials, session), cell)
    if not is_worker_key(cell.settings, key):
        raise Unauthenticated("The key is not the one of this cell's workers.")
    return Person(WORKER, WORKER, frozenset({WORKER}), datetime.now(UTC) + _MINUTE)


Reporter = Annotated[Person, Depends(reporter)]
