"""Lists in pages: at most so many rows, and a mark to go on from."""
# ruff: noqa: N815 - attribute names are the names on the wire

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

from ntro_mcp.errors import ToolUsageError

MAX_ROWS = 200
DEFAULT_ROWS = 50

RowT = TypeVar("RowT")

Limit = Annotated[int, Field(ge=1, le=MAX_ROWS, description="Rows of a page at most.")]
Cursor = Annotated[str | None, Field(description="nextCursor of the page before; none for the first page.")]


class Page(BaseModel, Generic[RowT]):
    """A page of a list. Without `nextCursor` it is the last one."""

    items: list[RowT]
    nextCursor: str | None = None


def page_of(rows: Sequence[RowT], *, key: Callable[[RowT], str], limit: int, cursor: str | None) -> Page[RowT]:
    """The rows after the one that `cursor` names; rows that were added meanwhile are neither lost nor repeated.

    Raises:
        ToolUsageError: the row that the cursor names is not there any more, or it is no cursor of this list.
    """
    first = 0 if cursor is None else _place_after(rows, key, _row_of(cursor))
    items = list(rows[first : first + limit])
    goes_on = first + limit < len(rows)
    return Page(items=items, nextCursor=_cursor_of(key(items[-1])) if goes_on else None)


def _place_after(rows: Sequence[RowT], key: Callable[[RowT], str], wanted: str) -> int:
    for place, row in enumerate(rows):
        if key(row) == wanted:
            return place + 1
    raise _stale()


def _cursor_of(row: str) -> str:
    return base64.urlsafe_b64encode(row.encode()).decode()


def _row_of(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor.encode("ascii")).decode()
    except (binascii.Error, ValueError) as error:
        raise _stale() from error


def _stale() -> ToolUsageError:
    return ToolUsageError("This cursor is not of this list as it is now.", hint="Read it again without a cursor.")
