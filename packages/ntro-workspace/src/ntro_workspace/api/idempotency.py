"""`Idempotency-Key`: the same POST sent twice is done once and answered twice.

An answer is kept for a day, encrypted, under a hash of the caller's key. The same key with another request is 422, a
request still in flight is 409. Decisions are left out: they are applied once by their gate, and their answers may
hold what Workspace must not keep.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ntro_server.errors import error_body
from ntro_workspace.api import idempotency_repository as repository
from ntro_workspace.api.body import replay
from ntro_workspace.crypto import Vault
from ntro_workspace.db.database import Database

REPLAYED = "Idempotency-Replayed"
MAX_KEPT = 1024 * 1024
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


class Idempotency:
    """Keeps and replays the answers of POSTs that carry a key."""

    def __init__(self, app: ASGIApp, parts: Callable[[], IdempotencyParts]) -> None:
        self._app = app
        self._parts = parts
        self._under_way: set[tuple[bytes, str]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = Headers(scope=scope).get("idempotency-key") if scope["type"] == "http" else None
        if key is None or scope["method"] != "POST" or scope["path"].endswith(_NOT_KEPT):
            await self._app(scope, receive, send)
            return
        if not _KEY.match(key):
            refusal = _refusal(
                scope, 400, "bad_idempotency_key", "The Idempotency-Key is not 1 to 255 visible characters."
            )
            await refusal(scope, receive, send)
            return
        await self._once(key, scope, receive, send)

    async def _once(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        parts = self._parts()
        message = await receive()
        body: bytes = message.get("body", b"")
        caller = hmac.digest(parts.pepper, Headers(scope=scope).get("authorization", "").encode(), "sha256")
        request_hash = hashlib.sha256(b"\n".join([scope["path"].encode(), scope["query_string"], body])).digest()
        with self._answering((caller, key)) as is_under_way:
            async with parts.database.transaction() as connection:
                known = await repository.begin(
                    connection, caller, key, request_hash, owner=parts.owner, is_under_way=is_under_way
                )
            if known is not None:
                answer = _known_answer(known, request_hash, _place(caller, key), parts.vault, scope)
                await answer(scope, receive, send)
                return
            captured = _Captured()
            try:
                await self._app(scope, replay(body, receive), captured.send)
            finally:
                await self._finish(parts, caller, key, captured)
        for held in captured.messages:
            await send(held)

    @contextmanager
    def _answering(self, request: tuple[bytes, str]) -> Iterator[bool]:
        """Notes that this process answers `request`; yields whether it does so already."""
        is_under_way = request in self._under_way
        self._under_way.add(request)
        try:
            yield is_under_way
        finally:
            if not is_under_way:
                self._under_way.discard(request)

    async def _finish(self, parts: IdempotencyParts, caller: bytes, key: str, captured: _Captured) -> None:
        async with parts.database.transaction() as connection:
            if not captured.keepable:
                await repository.forget(connection, caller, key)
                return
            answer = parts.vault.close(captured.content, place=_place(caller, key))
            await repository.finish(connection, caller, key, captured.status, answer)


def _known_answer(known: repository.Known, request_hash: bytes, place: str, vault: Vault, scope: Scope) -> Response:
    if not hmac.compare_digest(known.request_hash, request_hash):
        return _refusal(scope, 422, "idempotency_key_reused", "This Idempotency-Key was used for another request.")
    if known.status is None or known.answer is None:
        return _refusal(scope, 409, "in_flight", "The first request with this Idempotency-Key is still under way.")
    content = vault.open(known.answer, place=place)
    return Response(content, known.status, {REPLAYED: "true"}, media_type="application/json" if content else None)


def _place(caller: bytes, key: str) -> str:
    return f"idempotency_keys|{caller.hex()}|{key}"


def _refusal(scope: Scope, status: int, code: str, message: str) -> JSONResponse:
    request_id = scope.get("state", {}).get("request_id")
    return JSONResponse(error_body(status, code, message, request_id=request_id), status)
