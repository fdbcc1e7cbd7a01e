"""Streamable HTTP: each request works with its caller's own key, which Workspace verifies."""

from collections.abc import Sequence
from contextvars import ContextVar
from urllib.parse import urlsplit

from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ntro.workspace.client import Client
from ntro.workspace.errors import AuthenticationError, AuthorizationError
from ntro_mcp.caller import Caller
from ntro_mcp.errors import ToolUsageError
from ntro_mcp.server import create_server
from ntro_mcp.settings import Settings

PATH = "/mcp"
TASK_HEADER = "ntro-task"
MAX_BODY_BYTES = 16 * 1024 * 1024
REQUIRED_SCOPE = "read"

_caller: ContextVar[Caller | None] = ContextVar("ntro_mcp_caller", default=None)


class RequestCallers:
    """The caller of the running HTTP request."""

    async def current(self) -> Caller:
        if (found := _caller.get()) is None:
            raise ToolUsageError("This request carries no key.", hint="Send Authorization: Bearer with an API key.")
        return found


class KeyVerifier:
    """Verifies a bearer by asking Workspace whose key it is."""

    async def verify_token(self, token: str) -> AccessToken | None:
        """What Workspace says of the key; none for one that it does not take.

        Raises:
            NtroError: Workspace does not answer.
        """
        caller = _caller.get()
        if caller is None:
            return None
        try:
            whose = await caller.client.identity.whoami()
        except (AuthenticationError, AuthorizationError):
            return None
        return AccessToken(token=token, client_id=whose.id, scopes=whose.scopes, subject=whose.id)


class CallerPerRequest:
    """Gives each request that has a bearer a client with it, and closes the client afterwards."""

    def __init__(self, app: ASGIApp, workspace: str) -> None:
        self._app = app
        self._workspace = workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        bearer = _bearer(scope)
        if bearer is None:
            await self._app(scope, receive, send)
            return
        async with Client(host=self._workspace, api_key=bearer) as client:
            held = _caller.set(Caller(client, session_task=Headers(scope=scope).get(TASK_HEADER)))
            try:
                await self._app(scope, receive, send)
            finally:
                _caller.reset(held)


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
    return AuthSettings(
        issuer_url=AnyHttpUrl(workspace.removesuffix("/v1")),
        resource_server_url=AnyHttpUrl(settings.address + PATH),
        required_scopes=[REQUIRED_SCOPE],
        validate_token_resource=False,
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


def _bearer(scope: Scope) -> str | None:
    if scope["type"] != "http":
        return None
    scheme, _, text = Headers(scope=scope).get("authorization", "").partition(" ")
    return text.strip() or None if scheme.lower() == "bearer" else None
