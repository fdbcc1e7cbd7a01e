"""Calls to Apideck: its headers, its paging, its errors, its limits on calls."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from ntro.capabilities import config
from ntro.capabilities.gl._apideck import exact_json
from ntro.capabilities.gl.errors import (
    ConnectionError_,
    IdempotencyConflictError,
    ProviderError,
    TransientProviderError,
    ValidationFailedError,
)
from ntro.capabilities.secret import Secret

if TYPE_CHECKING:
    import httpx2

PROVIDER = "apideck"
SERVER_URL = "https://unify.apideck.com"
CALL_SECONDS = 20
ATTEMPTS = 3
MAX_PATIENCE_SECONDS = 5
PAGE_ITEMS = 200
MAX_PAGES = 250
MAX_UPSTREAM = 500
_TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class ApideckConnection:
    """One consumer's ledger. `api_key` is never shown."""

    server_url: str
    app_id: str
    consumer_id: str
    service_id: str | None
    api_key: Secret

    @classmethod
    def of(cls, tenant_config: Mapping[str, Any]) -> "ApideckConnection":
        """The connection of `gl.options`; key and application from the worker's configuration, else from `gl`.

        Raises:
            ConnectionError_: the key, the application or the consumer is not configured.
        """
        gl = tenant_config.get("gl") or {}
        options = gl.get("options") or {}
        worker = config.get()
        key = worker.apideck_api_key.get_secret_value() or str(options.get("api_key") or gl.get("api_key") or "")
        app_id = worker.apideck_app_id or str(options.get("app_id") or gl.get("app_id") or "")
        consumer_id = str(options.get("consumer_id") or "")
        missing = [
            name for name, value in (("api key", key), ("app id", app_id), ("consumer_id", consumer_id)) if not value
        ]
        if missing:
            raise ConnectionError_(
                f"The general ledger is not connected: there is no {', '.join(missing)}. Connect it for this tenant.",
                provider=PROVIDER,
                operation="connect",
            )
        server_url = str(options.get("server_url") or SERVER_URL).rstrip("/")
        service_id = str(options.get("service_id") or "") or None
        return cls(server_url, app_id, consumer_id, service_id, Secret(key))

    @property
    def name(self) -> str:
        """Which books these are, in the posting ledger."""
        return f"{self.consumer_id}/{self.service_id or '-'}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator["httpx2.AsyncClient"]:
        """A client for the calls of one operation."""
        import httpx2  # noqa: PLC0415  # loaded by those who reach a ledger only

        headers = {
            "Authorization": f"Bearer {self.api_key.get_secret_value()}",
            "x-apideck-app-id": self.app_id,
            "x-apideck-consumer-id": self.consumer_id,
            "Accept": "application/json",
        } | ({"x-apideck-service-id": self.service_id} if self.service_id else {})
        async with httpx2.AsyncClient(
            base_url=self.server_url, headers=headers, timeout=CALL_SECONDS, follow_redirects=False
        ) as http:
            yield http


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of call: what it is about, for paths and errors."""

    resource: str
    operation: str
    method: str
    path: str

    async def send(
        self,
        http: "httpx2.AsyncClient",
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The answer's body. What was certainly not carried out, or only reads, is tried `ATTEMPTS` times.

        Raises:
            ProviderError: as the status says; transient where a write may have happened.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._send(http, params, body, headers)
            except _TryAgainError as again:
                if attempt == ATTEMPTS or again.seconds > MAX_PATIENCE_SECONDS:
                    raise again.error from again
                await asyncio.sleep(again.seconds or 0.1 * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    async def _send(
        self,
        http: "httpx2.AsyncClient",
        params: Mapping[str, str] | None,
        body: Any,
        headers: Mapping[str, str] | None,
    ) -> dict[str, Any]:
        import httpx2  # noqa: PLC0415  # see ApideckConnection.open

        content = None if body is None else exact_json.encode(body).encode()
        sent = dict(headers or {}) | ({} if content is None else {"Content-Type": "application/json"})
        try:
            answer = await http.request(self.method, self.path, params=params, content=content, headers=sent)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            problem = self._error(TransientProviderError, f"Apideck does not answer: {type(error).__name__}.")
            if self.method == "GET" or isinstance(error, httpx2.ConnectError):
                raise _TryAgainError(problem) from error
            raise problem from error
        if not answer.is_success:
            self._refuse(answer.status_code, answer.text, answer.headers.get("retry-after"))
        return self._body(answer.text)

    def _body(self, text: str) -> dict[str, Any]:
        try:
            body = exact_json.decode(text)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise self._error(TransientProviderError, "Apideck's answer is no JSON object.")
        return body

    def _refuse(self, status: int, text: str, retry_after: str | None) -> NoReturn:
        problem = self._error(_ERRORS.get(status, ProviderError), f"Apideck answered {status}.", _words(text))
        if status >= 500:
            problem = self._error(TransientProviderError, f"Apideck answered {status}.", _words(text))
        patience = int(retry_after) if retry_after and retry_after.isdigit() else 0
        # A call that was refused for its number was not carried out; a write that failed inside may have been.
        if status == _TOO_MANY or (status >= 500 and self.method == "GET"):
            raise _TryAgainError(problem, patience)
        raise problem

    def _error(self, kind: type[ProviderError], message: str, upstream: str | None = None) -> ProviderError:
        text = f"{self.resource} {self.operation}: {message}" + (f" {upstream}" if upstream else "")
        return kind(text, provider=PROVIDER, resource=self.resource, operation=self.operation, upstream=upstream)


class _TryAgainError(Exception):
    """The call was not carried out; it may be repeated after `seconds`."""

    def __init__(self, error: ProviderError, seconds: int = 0) -> None:
        super().__init__(str(error))
        self.error = error
        self.seconds = seconds


async def pages(http: "httpx2.AsyncClient", call: Call, filters: Mapping[str, str]) -> AsyncIterator[dict[str, Any]]:
    """Every item of every page.

    Raises:
        ProviderError: a page cannot be read, the cursor repeats, or there are more than `MAX_PAGES`.
    """
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        params = {"limit": str(PAGE_ITEMS), **filters} | ({"cursor": cursor} if cursor else {})
        body = await call.send(http, params=params)
        for item in body.get("data") or []:
            yield item
        following = ((body.get("meta") or {}).get("cursors") or {}).get("next")
        if not following:
            return
        if following == cursor:
            break
        cursor = str(following)
    raise ProviderError(
        f"{call.resource} list: there is no end after {MAX_PAGES} pages or the cursor repeats; narrow the filter.",
        provider=PROVIDER,
        resource=call.resource,
        operation=call.operation,
    )


def _words(text: str) -> str | None:
    """What an error body says of itself."""
    try:
        body = exact_json.decode(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return None
    found = [str(body[name]) for name in ("type_name", "message", "detail") if body.get(name)]
    return ": ".join(found)[:MAX_UPSTREAM] or None


_ERRORS: dict[int, type[ProviderError]] = {
    400: ValidationFailedError,
    401: ConnectionError_,
    403: ConnectionError_,
    404: ValidationFailedError,
    409: IdempotencyConflictError,
    422: ValidationFailedError,
    429: TransientProviderError,
}
