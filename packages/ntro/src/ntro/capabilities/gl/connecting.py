"""Connecting a general ledger through Apideck's hosted pages: a session for a person, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ntro.capabilities.gl._apideck.connection import PROVIDER, ApideckConnection, Call
from ntro.capabilities.gl.errors import TransientProviderError

ACTIVE = "ACTIVE"
_READY = "callable"


@dataclass(frozen=True, slots=True)
class LedgerConnection:
    """A ledger that the consumer has authorised; `name` is that of its books, as the ledger says."""

    service_id: str
    name: str | None


async def begin_session(options: Mapping[str, Any], *, redirect_uri: str) -> str:
    """The address of a page on which a person connects a ledger; it is good for an hour at most.

    Args:
        options: those of `gl`, with at least `consumer_id`.
        redirect_uri: where the person comes back to.

    Raises:
        ConnectionError_: key or application is not configured, or not accepted.
        ProviderError: Apideck refuses or does not answer.
    """
    connection = ApideckConnection.of({"gl": {"options": options}})
    body = {"redirect_uri": redirect_uri, "settings": {"unified_apis": ["accounting"]}}
    async with connection.open() as http:
        answer = await Call("vault", "session", "POST", "/vault/sessions").send(http, body=body)
    address = (answer.get("data") or {}).get("session_uri")
    if not isinstance(address, str):
        raise TransientProviderError(
            "vault session: the answer names no address.", provider=PROVIDER, resource="vault", operation="session"
        )
    return address


async def find_connection(options: Mapping[str, Any]) -> LedgerConnection | None:
    """The ledger that is ready to be called, that of `service_id` where the options name one.

    Raises:
        ConnectionError_: key or application is not configured, or not accepted.
        ProviderError: Apideck refuses or does not answer.
    """
    connection = ApideckConnection.of({"gl": {"options": options}})
    call = Call("vault", "connections", "GET", "/vault/connections")
    async with connection.open() as http:
        answer = await call.send(http, params={"api": "accounting", "configured": "true"})
    for item in answer.get("data") or []:
        service = str(item.get("service_id") or "")
        if item.get("state") == _READY and connection.service_id in (None, service):
            return LedgerConnection(service, item.get("name"))
    return None
