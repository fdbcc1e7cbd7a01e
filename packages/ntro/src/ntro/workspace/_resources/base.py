"""What the accessors of the client share: sending, reading answers as models, lists in both their shapes."""

from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar

import pydantic

from ntro.workspace._portal import Portal
from ntro.workspace._transport import Transport
from ntro.workspace.errors import UnexpectedAnswerError

ModelT = TypeVar("ModelT", bound=pydantic.BaseModel)
ItemT = TypeVar("ItemT")

Items: TypeAlias = list[ItemT]
"""A list; under another name because accessors have a method `list`."""

JsonMap: TypeAlias = Mapping[str, object]
"""A JSON object."""


class Resource:
    """One accessor: the transport to send by, the portal for its blocking twins."""

    def __init__(self, transport: Transport, portal: Portal) -> None:
        self._transport = transport
        self._portal = portal

    @property
    def portal(self) -> Portal:
        return self._portal

    async def _get(self, path: str, params: Mapping[str, str | None] | None = None) -> Any:
        return await self._transport.send("GET", path, params=params)

    async def _post(self, path: str, body: JsonMap | None = None) -> Any:
        return await self._transport.send("POST", path, body=body)


def given(**members: object) -> dict[str, object]:
    """The members that are not None: what was not given is left out of a body."""
    return {name: value for name, value in members.items() if value is not None}


def one(model: type[ModelT], answer: object) -> ModelT:
    """`answer` as `model`.

    Raises:
        UnexpectedAnswerError: it has another shape; the message names the members.
    """
    try:
        return model.model_validate(answer)
    except pydantic.ValidationError as error:
        where = ", ".join(sorted({".".join(map(str, item["loc"])) or "the whole" for item in error.errors()}))
        raise UnexpectedAnswerError(
            f"The server's answer is no {model.__name__}: {where}.",
            hint="Client and server may be of different versions.",
        ) from error


def many(model: type[ModelT], answer: object) -> list[ModelT]:
    """The models of a list answer."""
    return [one(model, item) for item in items_of(answer)]


def items_of(answer: object) -> list[Any]:
    """The items of a list answer: a bare array, or an object with `items`.

    Raises:
        UnexpectedAnswerError: it is neither.
    """
    items = answer.get("items") if isinstance(answer, dict) else answer
    if not isinstance(items, list):
        raise UnexpectedAnswerError(
            "The server's answer is no list.", hint="Client and server may be of different versions."
        )
    return items
