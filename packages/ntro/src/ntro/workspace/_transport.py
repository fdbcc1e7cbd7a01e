"""Sends requests to one server: address and bearer, pooled connections, retries where safe, errors of one tree."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol
from urllib.parse import quote
from uuid import uuid4
from weakref import WeakKeyDictionary

import httpx2

from ntro.workspace._retry import RetryPolicy, was_refused
from ntro.workspace.errors import InvalidReferenceError, NtroConnectionError, UnexpectedAnswerError, api_error

DEFAULT_TIMEOUT = 30.0
_ERROR = 400
_REDIRECT = 300


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, including its `/v1`, and the bearer it wants; no bearer where it is empty."""

    url: str
    bearer: str = field(default="", repr=False)


class Locator(Protocol):
    """Finds the server: at once for Workspace, by an access token for a cell."""

    async def locate(self) -> Address:
        """The address to use now."""


@dataclass(frozen=True, slots=True)
class FixedLocator:
    """A server that is always at the same address."""

    address: Address

    async def locate(self) -> Address:
        return self.address


def path_of(*segments: str) -> str:
    """The path of `segments`, each escaped; colons stay, ids of child runs have them.

    Raises:
        InvalidReferenceError: a segment is empty, or names this or the parent folder.
    """
    for segment in segments:
        if segment.strip() in {"", ".", ".."}:
            raise InvalidReferenceError(
                f"An id or slug is needed here, not '{segment}'.", hint="Give the id or slug of an existing object."
            )
    return "/" + "/".join(quote(segment, safe=":") for segment in segments)


class Transport:
    """Requests to one server. Connections are pooled per event loop, as they belong to the loop that opened them."""

    def __init__(
        self,
        locator: Locator,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        retries: RetryPolicy | None = None,
        connect: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._locator = locator
        self._timeout = timeout
        self._retries = retries or RetryPolicy()
        self._connect = connect
        self._pools: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = WeakKeyDictionary()

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | None] | None = None,
        body: Mapping[str, Any] | None = None,
        if_match: str | None = None,
    ) -> Any:
        """The decoded JSON of the answer; None where it has no body.

        Raises:
            NtroAPIError: the server answered with an error; status 412 where the thing is not as `if_match` says.
            NtroConnectionError: there was no answer.
            UnexpectedAnswerError: the answer is a redirect or no JSON.
        """
        return _decoded(await self._exchange(method, path, params=params, body=body, if_match=if_match))

    async def read(self, path: str) -> tuple[Any, str | None]:
        """The decoded JSON of a GET, and the tag that names this version of it; errors as of `send`."""
        answer = await self._exchange("GET", path)
        return _decoded(answer), answer.headers.get("ETag")

    async def _exchange(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | None] | None = None,
        body: Mapping[str, Any] | None = None,
        if_match: str | None = None,
    ) -> httpx2.Response:
        address = await self._locator.locate()
        query = {name: value for name, value in (params or {}).items() if value is not None}
        condition = {} if if_match is None else {"If-Match": if_match}
        headers = self.headers(address, repeatable=method == "POST") | condition

        def build() -> httpx2.Request:
            return self._pool.build_request(method, address.url + path, params=query, json=body, headers=headers)

        return await self._answer(build)

    async def upload(
        self, path: str, *, params: Mapping[str, str], content: Callable[[], AsyncIterator[bytes]], size: int
    ) -> Any:
        """Posts `size` bytes as they are read; `content` is called once for every try."""
        address = await self._locator.locate()
        headers = self.headers(address, repeatable=True) | {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(size),
        }

        def build() -> httpx2.Request:
            url = address.url + path
            return self._pool.build_request("POST", url, params=params, content=content(), headers=headers)

        return _decoded(await self._answer(build))

    @asynccontextmanager
    async def stream(
        self, path: str, *, headers: Mapping[str, str] | None = None, read_timeout: float | None = None
    ) -> AsyncIterator[httpx2.Response]:
        """A GET whose body is read by the caller, piece by piece. Not retried."""
        address = await self._locator.locate()
        timeout = httpx2.Timeout(self._timeout, read=read_timeout or self._timeout)
        everything = {**self.headers(address, repeatable=False), **(headers or {})}
        try:
            async with self._pool.stream("GET", address.url + path, headers=everything, timeout=timeout) as answer:
                if answer.status_code >= _REDIRECT:
                    await answer.aread()
                    _decoded(answer)
                yield answer
        except httpx2.TransportError as error:
            raise _no_answer(error, address.url) from error

    async def aclose(self) -> None:
        """Closes the connections of the running event loop."""
        pool = self._pools.pop(asyncio.get_running_loop(), None)
        if pool is not None:
            await pool.aclose()

    @property
    def _pool(self) -> httpx2.AsyncClient:
        loop = asyncio.get_running_loop()
        if loop not in self._pools:
            self._pools[loop] = httpx2.AsyncClient(timeout=self._timeout, transport=self._connect, verify=_trust())
        return self._pools[loop]

    @staticmethod
    def headers(address: Address, *, repeatable: bool) -> dict[str, str]:
        """Headers of a request: the bearer, and a fresh idempotency key where the request may be repeated."""
        headers = {"Authorization": f"Bearer {address.bearer}"} if address.bearer else {}
        return headers | ({"Idempotency-Key": str(uuid4())} if repeatable else {})

    async def _answer(self, build: Callable[[], httpx2.Request]) -> httpx2.Response:
        attempt = 0
        while True:
            attempt += 1
            request = build()
            try:
                answer = await self._pool.send(request)
            except httpx2.TransportError as error:
                if was_refused(error) or not self._retries.allows(request, attempt):
                    raise _no_answer(error, f"{request.url.scheme}://{request.url.netloc.decode()}") from error
                await asyncio.sleep(self._retries.pause_after(attempt))
                continue
            if not (self._retries.wants(answer) and self._retries.allows(request, attempt)):
                return answer
            await asyncio.sleep(self._retries.pause_after(attempt, answer))


@cache
def _trust() -> ssl.SSLContext:
    """What certificates are checked against: read once, as that takes longer than most requests."""
    return httpx2.create_ssl_context()


def _decoded(answer: httpx2.Response) -> Any:
    body = _json(answer)
    if answer.status_code >= _ERROR:
        raise api_error(answer.status_code, answer.text if body is None else body)
    if answer.status_code >= _REDIRECT:
        raise UnexpectedAnswerError(
            f"{answer.url} answered with a redirect ({answer.status_code}).",
            hint="Check the host of the connection; it ends in /v1.",
        )
    if body is None and answer.content:
        raise UnexpectedAnswerError(
            f"{answer.url} answered with something other than JSON.",
            hint="Check the host of the connection; it ends in /v1.",
        )
    return body


def _json(answer: httpx2.Response) -> Any:
    try:
        return answer.json() if answer.content else None
    except ValueError:
        return None


def _no_answer(error: httpx2.TransportError, where: str) -> NtroConnectionError:
    if was_refused(error):
        return NtroConnectionError(
            f"Nothing listens at {where}.",
            code="connection_refused",
            hint="Start it, or check the host: ntro auth list",
        )
    if isinstance(error, httpx2.TimeoutException):
        return NtroConnectionError(f"{where} did not answer in time.", code="connection_timed_out")
    return NtroConnectionError(f"The connection to {where} failed: {type(error).__name__}.")
