"""Kinds of items behind Apideck. Creation looks before it posts, and finds what an answer that was lost has posted."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from ntro.capabilities.gl._apideck.connection import PROVIDER, ApideckConnection, Call, pages
from ntro.capabilities.gl.content import Created, check_external_id, content_of, digest_of, first_difference
from ntro.capabilities.gl.errors import (
    ConnectionError_,
    IdempotencyConflictError,
    ProviderError,
    TransientProviderError,
    ValidationFailedError,
)
from ntro.capabilities.gl.postings import PostingLedger

if TYPE_CHECKING:
    import httpx2

CREATE_SECONDS = 75
"""How long a creation may take in all; shorter than its claim on the posting."""

_KEY_MEMBERS = ("reference", "display_id", "external_id")
_OLD_KEY_FIELD = "ntro_idempotency_key"


@dataclass(frozen=True, slots=True)
class ApideckReader:
    """A kind of item that is read."""

    connection: ApideckConnection
    name: str
    path: str
    model: type[BaseModel]

    async def get(self, id: str) -> BaseModel:  # noqa: A002  # the contract's name
        async with self.connection.open() as http:
            body = await self._call("get", "GET", id).send(http)
        return self._model(body.get("data"), "get")

    async def list(self, **filter: Any) -> list[Any]:  # noqa: A002  # the contract's name
        given = dict(filter)
        nested = given.pop("filter", None) or given.pop("filter_", None) or {}
        params = {f"filter[{name}]": str(value) for name, value in (dict(nested) | given).items()}
        async with self.connection.open() as http:
            found = [item async for item in pages(http, self._call("list", "GET"), params)]
        return [self._model(item, "list") for item in found]

    def _call(self, operation: str, method: str, item_id: str | None = None) -> Call:
        if item_id is not None and (not item_id or any(char in item_id for char in "/?#")):
            raise ValidationFailedError(
                f"{item_id!r} is no id of {self.name}.", provider=PROVIDER, resource=self.name, operation=operation
            )
        path = f"/accounting/{self.path}" + (f"/{item_id}" if item_id else "")
        return Call(self.name, operation, method, path)

    def _model(self, data: Any, operation: str) -> BaseModel:
        try:
            return self.model.model_validate(data)
        except ValidationError as error:
            raise ProviderError(
                f"{self.name} {operation}: an item is not as documented: {error.error_count()} members do not fit.",
                provider=PROVIDER,
                resource=self.name,
                operation=operation,
            ) from error


@dataclass(frozen=True, slots=True)
class ApideckResource(ApideckReader):
    """A kind of item that is read and posted; `key_member` carries the external id, where people see it too."""

    key_member: str
    postings: PostingLedger

    async def create(self, item: Any, *, external_id: str) -> Created:
        """Posts the item once: notes the intent, looks for it in the ledger, posts it, notes the outcome."""
        check_external_id(external_id)
        content = content_of(item)
        if content.get(self.key_member) not in (None, external_id):
            raise ValidationFailedError(
                f"{self.key_member} of {self.name} carries the external id; leave it out of the item.",
                provider=PROVIDER,
                resource=self.name,
                operation="create",
            )
        known = await self.postings.begin(self.name, external_id, digest_of(content))
        if known is not None:
            return Created(known, external_id, created=False)
        try:
            async with asyncio.timeout(CREATE_SECONDS):
                created = await self._post_once(content, external_id)
        except (ValidationFailedError, ConnectionError_):
            await self.postings.withdraw(self.name, external_id)
            raise
        except TimeoutError as error:
            await self.postings.leave(self.name, external_id)
            raise self._late() from error
        except ProviderError:
            await self.postings.leave(self.name, external_id)
            raise
        await self.postings.settle(self.name, external_id, created.item_id)
        return created

    async def find_by_external_id(self, external_id: str) -> BaseModel | None:
        async with self.connection.open() as http:
            found = await self._find(http, external_id)
        return None if found is None else self._model(found, "find")

    async def update(self, id: str, patch: Mapping[str, Any]) -> BaseModel:  # noqa: A002  # the contract's name
        async with self.connection.open() as http:
            await self._call("update", "PATCH", id).send(http, body=content_of(patch))
            body = await self._call("get", "GET", id).send(http)
        return self._model(body.get("data"), "update")

    async def _post_once(self, content: dict[str, Any], external_id: str) -> Created:
        async with self.connection.open() as http:
            if (found := await self._find(http, external_id)) is not None:
                return self._recognised(found, content, external_id)
            try:
                body = await self._call("create", "POST").send(
                    http, body=content | {self.key_member: external_id}, headers={"Idempotency-Key": external_id}
                )
            except TransientProviderError:
                # The item may have been posted although the answer did not come.
                if (found := await self._find(http, external_id)) is not None:
                    return self._recognised(found, content, external_id)
                raise
        item_id = (body.get("data") or {}).get("id")
        if not item_id:
            raise TransientProviderError(
                f"{self.name} create: the answer names no id; asking again finds out.",
                provider=PROVIDER,
                resource=self.name,
                operation="create",
            )
        return Created(str(item_id), external_id)

    async def _find(self, http: "httpx2.AsyncClient", external_id: str) -> dict[str, Any] | None:
        async for item in pages(http, self._call("list", "GET"), {}):
            if _carries(item, external_id):
                return item
        return None

    def _recognised(self, found: dict[str, Any], content: dict[str, Any], external_id: str) -> Created:
        if (member := first_difference(content, found)) is not None:
            raise IdempotencyConflictError(
                f"The ledger has {external_id} with another {member}; post changed content under a key of its own.",
                provider=PROVIDER,
                resource=self.name,
                operation="create",
            )
        return Created(str(found.get("id")), external_id, created=False)

    def _late(self) -> TransientProviderError:
        return TransientProviderError(
            f"{self.name} create: not finished within {CREATE_SECONDS} s; asking again finds out.",
            provider=PROVIDER,
            resource=self.name,
            operation="create",
        )


def _carries(item: Mapping[str, Any], external_id: str) -> bool:
    if any(item.get(name) == external_id for name in _KEY_MEMBERS):
        return True
    fields = item.get("custom_fields") or []
    return any(
        field.get("value") == external_id and _OLD_KEY_FIELD in (field.get("id"), field.get("name")) for field in fields
    )
