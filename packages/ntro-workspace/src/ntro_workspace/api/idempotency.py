"""`Idempotency-Key`: the same POST sent twice is done once and answered twice.

An answer is kept for a day, encrypted, under a hash of the caller's key. The same key with another request is 422, a
request still in flight is 409. Without a key, the same request within a short window counts as sent again, see
`repeats`. Decisions are left out: they are applied once by their gate, and their answers may
hold what Workspace must not keep.
"""

import asyncio
import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ntro_server.errors import error_body
from ntro_workspace.api import idempotency_repository as repository
from ntro_workspace.api import repeats
from ntro_workspace.api.body import replay
from ntro_workspace.crypto import Vault
from ntro_workspace.db.database import Database

REPLAYED = "Idempotency-Replayed"
MAX_KEPT = 1024 * 1024
KEPT = timedelta(hours=24)
_ASK_AGAIN_SECONDS = 0.1
_KEY = re.compile(r"^[\x21-\x7e]{1,255}$")
_NOT_KEPT = ("/approve", "/reject")


@dataclass(frozen=True, slots=True)
class IdempotencyParts:
    """What the middleware stands on, known once the process has started. `owner` names the process among others."""

    database: Database
    vault: Vault
    pepper: bytes
    owner: str


@dataclass(slots=True)
class _Captured:
    """An answer that is held back until it is kept, so that no repeat can overtake it."""

    messages: list[Message] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return next((message["status"] for message in self.messages if "status" in message), 0)

    @property
    def content(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)

    @property
    def keepable(self) -> bool:
        """Server errors and refused keys are not kept: the same request may well succeed later."""
        fine = 0 < self.status < HTTPStatus.INTERNAL_SERVER_ERROR and self.status != HTTPStatus.UNAUTHORIZED
        return fine and len(self.content) <= MAX_KEPT


@dataclass(frozen=True, slots=True)
class _Request:
    """A POST that may be a repeat: whose, under which name, and what it asks. `keyed` where its sender named it."""

    caller: bytes
    name: str
    path: str
    content: bytes
    keyed: bool

    @property
    def place(self) -> str:
        return f"idempotency_keys|{self.caller.hex()}|{self.name}"


class Idempotency:
    """Keeps and replays the answers of POSTs that carry a key, and for seconds of others that make something."""

    def __init__(self, app: ASGIApp, parts: Callable[[], IdempotencyParts]) -> None:
        self._app = app
        self._parts = parts
        self._under_way: Counter[tuple[bytes, str]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"].endswith(_NOT_KEPT):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        key = headers.get("idempotency-key")
        if key is None and not (repeats.is_recognised(scope["path"]) and "authorization" in headers):
            await self._app(scope, receive, send)
        elif key is not None and not _KEY.match(key):
            refusal = _refusal(
                scope, 400, "bad_idempotency_key", "The Idempotency-Key is not 1 to 255 visible characters."
            )
            await refusal(scope, receive, send)
        else:
            await self._once(key, scope, receive, send)

    async def _once(self, key: str | None, scope: Scope, receive: Receive, send: Send) -> None:
        parts = self._parts()
        body: bytes = (await receive()).get("body", b"")
        request = _request(key, body, scope, parts.pepper)
        with self._answering(request) as is_under_way:
            known = await self._known(parts, request, is_under_way=is_under_way)
            if known is not None:
                answer = _known_answer(known, request, parts.vault, scope)
                await answer(scope, receive, send)
                return
            captured = _Captured()
            delivered = True
            try:
                await self._app(scope, replay(body, receive), captured.send)
                delivered = request.keyed or not await repeats.is_gone(receive)
            finally:
                await self._finish(parts, request, captured, delivered=delivered)
        for held in captured.messages:
            await send(held)

    async def _known(
        self, parts: IdempotencyParts, request: _Request, *, is_under_way: bool
    ) -> repository.Known | None:
        """What is known of an earlier such request. A repeat without a key waits for it, as its sender cannot."""
        known = await _begin(parts, request, is_under_way=is_under_way)
        if request.keyed:
            return known
        with suppress(TimeoutError):
            async with asyncio.timeout(repeats.WAIT_FOR_FIRST_SECONDS):
                while known is not None and known.status is None:
                    await asyncio.sleep(_ASK_AGAIN_SECONDS)
                    known = await _begin(parts, request, is_under_way=is_under_way)
        return known

    @contextmanager
    def _answering(self, request: _Request) -> Iterator[bool]:
        """Notes that this process answers `request`; yields whether it does so already."""
        name = (request.caller, request.name)
        is_under_way = self._under_way[name] > 0
        self._under_way[name] += 1
        try:
            yield is_under_way
        finally:
            self._under_way[name] -= 1
            if not self._under_way[name]:
                del self._under_way[name]

    async def _finish(
        self, parts: IdempotencyParts, request: _Request, captured: _Captured, *, delivered: bool
    ) -> None:
        kept = _kept_for(request, captured, delivered=delivered)
        async with parts.database.transaction() as connection:
            if kept is None:
                await repository.forget(connection, request.caller, request.name)
                return
            answer = parts.vault.close(captured.content, place=request.place)
            await repository.finish(connection, request.caller, request.name, captured.status, answer, kept)


def _request(key: str | None, body: bytes, scope: Scope, pepper: bytes) -> _Request:
    path: str = scope["path"]
    content = hashlib.sha256(b"\n".join([path.encode(), scope["query_string"], body])).digest()
    caller = hmac.digest(pepper, Headers(scope=scope).get("authorization", "").encode(), "sha256")
    name = repeats.name_of(content) if key is None else key
    return _Request(caller, name, path, content, keyed=key is not None)


async def _begin(parts: IdempotencyParts, request: _Request, *, is_under_way: bool) -> repository.Known | None:
    async with parts.database.transaction() as connection:
        return await repository.begin(
            connection,
            request.caller,
            request.name,
            request.content,
            owner=parts.owner,
            is_under_way=is_under_way,
        )


def _kept_for(request: _Request, captured: _Captured, *, delivered: bool) -> timedelta | None:
    if not captured.keepable:
        return None
    if request.keyed:
        return KEPT
    if captured.status >= HTTPStatus.MULTIPLE_CHOICES:
        return None
    return repeats.kept_for(request.path, delivered=delivered)


def _known_answer(known: repository.Known, request: _Request, vault: Vault, scope: Scope) -> Response:
    if not hmac.compare_digest(known.request_hash, request.content):
        return _refusal(scope, 422, "idempotency_key_reused", "This Idempotency-Key was used for another request.")
    if known.status is None or known.answer is None:
        return _refusal(scope, 409, "in_flight", "The first such request is still under way.")
    content = vault.open(known.answer, place=request.place)
    return Response(content, known.status, {REPLAYED: "true"}, media_type="application/json" if content else None)


def _refusal(scope: Scope, status: int, code: str, message: str) -> JSONResponse:
    request_id = scope.get("state", {}).get("request_id")
    return JSONResponse(error_body(status, code, message, request_id=request_id), status)
