"""The relay for clients that know Workspace alone: passes a call to the tenant's cell and its answer back, unread.

Nothing of a relayed body is stored or logged. The cell trusts a token signed for the one call, not this process.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus

import asyncpg
import httpx2
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from ntro_server.errors import Forbidden, NotFound, Unavailable

CONNECT_SECONDS = 3.0
READ_SECONDS = 25.0
MAX_CONNECTIONS = 50
_RUN_ID = re.compile(r"^[0-9A-Za-z-]{32,36}(:[A-Za-z0-9_.-]{1,128}){0,12}$")


@dataclass(frozen=True, slots=True)
class RelayedCall:
    """A call to a cell: where, with which token, and what to send."""

    method: str
    url: str
    token: str
    body: dict[str, str] | None = None


class Relay:
    """One pool of connections to cells. Redirects are not followed and no proxy is taken from the environment."""

    def __init__(self, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=MAX_CONNECTIONS),
            follow_redirects=False,
            trust_env=False,
            transport=transport,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def stream(self, call: RelayedCall, *, where_unknown: Response | None = None) -> Response:
        """The cell's answer as it comes, whatever it is; `where_unknown`, if given, in place of its 404.

        Raises:
            Unavailable: the cell does not answer.
        """
        answer = await self._send(call)
        if where_unknown is not None and answer.status_code == HTTPStatus.NOT_FOUND:
            await answer.aclose()
            return where_unknown
        return _passed_on(answer)

    async def deliver(self, call: RelayedCall) -> Response | None:
        """None once the cell has taken the call; its refusal, passed on unread, where it has not.

        Raises:
            Unavailable: the cell does not answer.
        """
        answer = await self._send(call)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            return _passed_on(answer)
        await answer.aclose()
        return None

    async def _send(self, call: RelayedCall) -> httpx2.Response:
        request = self._client.build_request(
            call.method, call.url, json=call.body, headers={"Authorization": f"Bearer {call.token}"}
        )
        try:
            return await self._client.send(request, stream=True)
        except httpx2.TransportError as error:
            raise Unavailable(
                "The tenant's cell does not answer.", hint="ntro status shows its state; try again when it is up."
            ) from error


def cell_address(tenant: asyncpg.Record, run_id: str, door: str) -> str:
    """The address in the tenant's cell.

    Raises:
        NotFound: `run_id` cannot be the id of a run.
        Forbidden: the tenant's relay is off.
        Unavailable: the tenant has no cell.
    """
    if not _RUN_ID.match(run_id):
        raise NotFound("There is no such task.")
    if not tenant["relay"]:
        raise Forbidden(
            "This tenant's relay is off; what you ask for is in its cell alone.",
            hint=f"Ask the cell at {tenant['url']} with a token from /workspace/tenants/{tenant['id']}/access-token.",
        )
    if tenant["url"] is None:
        raise Unavailable("The tenant has no cell yet.", hint="Wait until the tenant is ACTIVE.")
    return f"{tenant['url'].rstrip('/')}/tasks/{run_id}/{door}"


def _passed_on(answer: httpx2.Response) -> StreamingResponse:
    content_type = answer.headers.get("content-type", "application/json")
    return StreamingResponse(
        _body(answer), answer.status_code, media_type=content_type, background=BackgroundTask(answer.aclose)
    )


async def _body(answer: httpx2.Response) -> AsyncIterator[bytes]:
    async for chunk in answer.aiter_bytes():
        yield chunk
