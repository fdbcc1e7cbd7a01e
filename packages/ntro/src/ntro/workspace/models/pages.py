"""Lists in pages. A list comes whole unless `limit` or `cursor` is asked for."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Generic, TypeVar

from ntro.workspace.models.base import Answer

ItemT = TypeVar("ItemT")


class Page(Answer, Generic[ItemT]):
    """Some items of a list. `nextCursor` leads to the next ones; null where there are none."""

    items: list[ItemT]
    nextCursor: str | None = None
