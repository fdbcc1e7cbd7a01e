"""Streamable HTTP: each request works with its caller's own key, which Workspace verifies."""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ntro.workspace.client import Client
from ntro.workspace.errors import AuthenticationError, AuthorizationError, NtroError
from ntro.workspace.models import Identity
from ntro_mcp.caller import Caller
from ntro_mcp.errors import ToolUsageError
from ntro_mcp.server import create_server
from ntro_mcp.settings import Settings

PATH = "/mcp"
TASK_HEADER = "ntro-task"
MAX_BODY_BYTES = 16 * 1024 * 1024
REQUIRED_SCOPE = "read"
RETRY_AFTER_SECONDS = 2

_bearer_of_request: ContextVar["Bearer | None"] = ContextVar("ntro_mcp_bearer", default=None)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who sent the running request: the key, whose it is, and a client with it."""

    key: str
    identity: Identity
    caller: Caller


class RequestCallers:
    """The caller of the running HTTP request."""

    async def current(self) -> Caller:
        if (found := _bearer_of_request.get()) is None:
            raise ToolUsageError("This request carries no key.", hint="Send Authorization: Bearer with an API key.")
        return found.caller


class KeyVerifier:
    """Tells the protocol's own checks what Workspace said of the request's key."""

    async def verify_token(self, token: str) -> AccessToken | None:
        """Whose key it is; none for one that Workspace does not take."""
        found = _bearer_of_request.get()
        if found is None or found.key != token:
            return None
        return AccessToken(
            token=token, client_id=found.identity.id, scopes=found.identity.scopes, subject=found.identity.id
        )


class CallerPerRequest:
    """Asks Workspace about the key of each request, and gives the request a client with it, closed afterwards."""

    def __init__(self, app: ASGIApp, workspace: str) -> None:
        self._app = app
        self._workspace = workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key_of(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        async with Client(host=self._workspace, api_key=key) as client:
            try:
                bearer = await _verified(client, key, task=Headers(scope=scope).get(TASK_HEADER))
            except NtroError as error:
                await _unavailable(error)(scope, receive, send)
                return
            held = _bearer_of_request.set(bearer)
            try:
                await self._app(scope, receive, send)
            finally:
                _bearer_of_request.reset(held)


def create_app(settings: Settings, *, workspace: str) -> ASGIApp:
    """The application.

    Args:
        settings: where it listens, how clients reach it, which web pages may call it.
        workspace: address of Workspace with its `/v1`.
    """
    server = create_server(
        RequestCallers(),
        authoring=settings.authoring,
        auth=_auth(settings, workspace),
        token_verifier=KeyVerifier(),
    )
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        max_request_body_size=MAX_BODY_BYTES,
        transport_security=_security(settings),
        host=settings.host,
    )
    return CallerPerRequest(app, workspace)


def _auth(settings: Settings, workspace: str) -> AuthSettings:
    """Keys are minted by Workspace and are not bound to this address; Workspace checks them at every request."""
    return AuthSettings.model_validate(
        {
            "issuer_url": workspace.removesuffix("/v1"),
            "resource_server_url": settings.address + PATH,
            "required_scopes": [REQUIRED_SCOPE],
            "validate_token_resource": False,
        }
    )


def _security(settings: Settings) -> TransportSecuritySettings:
    """Only our own names as Host, our own and the allowed pages as Origin: no page reaches us by a name of its own."""
    public = urlsplit(settings.address).netloc
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[*_names(("127.0.0.1", "localhost", "[::1]")), public],
        allowed_origins=[settings.address, *settings.allowed_origins],
    )


def _names(hosts: Sequence[str]) -> list[str]:
    return [name for host in hosts for name in (host, f"{host}:*")]


async def _verified(client: Client, key: str, *, task: str | None) -> Bearer | None:
    """What Workspace says of the key; none where it does not take it.

    Raises:
        NtroError: Workspace does not answer.
    """
    try:
        identity = await client.identity.whoami()
    except (AuthenticationError, AuthorizationError):
        return None
    return Bearer(key, identity, Caller(client, session_task=task))


def _unavailable(error: NtroError) -> JSONResponse:
    """A key that could not be asked about is not a wrong key."""
    said = {"error": error.code, "error_description": "Workspace cannot be asked about the key now."}
    return JSONResponse(said, HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def _key_of(scope: Scope) -> str | None:
    if scope["type"] != "http":
        return None
    scheme, _, text = Headers(scope=scope).get("authorization", "").partition(" ")
    return text.strip() or None if scheme.lower() == "bearer" else None
