"""Pages of lists: whole by default, as older clients expect, in pages where `limit` or `cursor` is asked for."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Depends, Query

from ntro.workspace.models import Page
from ntro_workspace.pages import MAX_CURSOR, MAX_LIMIT, PageRequest, encode, position_of

ItemT = TypeVar("ItemT")


async def page_request(
    limit: Annotated[int | None, Query(ge=1, le=MAX_LIMIT)] = None,
    cursor: Annotated[str | None, Query(max_length=MAX_CURSOR)] = None,
) -> PageRequest:
    """The page of the query string."""
    return PageRequest(limit, cursor)


Paged = Annotated[PageRequest, Depends(page_request)]


def paged(
    items: Sequence[ItemT],
    wanted: PageRequest,
    key: Callable[[ItemT], str] = lambda item: str(getattr(item, "id")),  # noqa: B009  # every answer with an id, whatever its type
) -> list[ItemT] | Page[ItemT]:
    """The items asked for, of a list that is at hand whole and in a stable order.

    The cursor names the last item shown. Where just that item has gone meanwhile, the page begins where it stood.

    Raises:
        Invalid: the cursor is none of ours.
    """
    if wanted.is_whole:
        return list(items)
    start = 0 if wanted.cursor is None else _after(items, wanted.cursor, key)
    shown = list(items[start : start + wanted.size])
    more = start + len(shown) < len(items)
    return Page(items=shown, nextCursor=encode([start + len(shown), key(shown[-1])]) if more else None)


def _after(items: Sequence[ItemT], cursor: str, key: Callable[[ItemT], str]) -> int:
    position, last = position_of(cursor)
    found = next((number for number, item in enumerate(items, 1) if key(item) == last), None)
    return min(max(position - 1, 0), len(items)) if found is None else found
