"""Pages of lists: how much is asked for, and the cursors that lead on."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ntro_server.errors import Invalid

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000
MAX_CURSOR = 500


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in a list ordered by time and id."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How much of a list is asked for. Without `limit` and `cursor` it is all of it."""

    limit: int | None = None
    cursor: str | None = None

    @property
    def is_whole(self) -> bool:
        return self.limit is None and self.cursor is None

    @property
    def size(self) -> int:
        """The number of items of a page."""
        return self.limit or DEFAULT_LIMIT


def position_of(cursor: str) -> tuple[int, str]:
    """The position and the name of the last item shown.

    Raises:
        Invalid: the cursor is none of ours.
    """
    position, last = _pair(cursor)
    if not isinstance(position, int) or isinstance(position, bool) or position < 0 or not isinstance(last, str):
        raise _bad_cursor()
    return position, last


def moment_of(cursor: str | None) -> Moment | None:
    """The place a cursor of a list by time names; none without a cursor.

    Raises:
        Invalid: the cursor is none of ours.
    """
    if cursor is None:
        return None
    at, item = _pair(cursor)
    try:
        moment = Moment(datetime.fromisoformat(str(at)), UUID(str(item)))
    except ValueError as error:
        raise _bad_cursor() from error
    if moment.at.tzinfo is None:
        raise _bad_cursor()
    return moment


def number_of(cursor: str | None) -> int | None:
    """The number a cursor of a numbered list names; none without a cursor.

    Raises:
        Invalid: the cursor is none of ours.
    """
    if cursor is None:
        return None
    number, _ = _pair(cursor)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**63:
        raise _bad_cursor()
    return number


def encode(place: Sequence[object]) -> str:
    """An opaque cursor that names a place of two parts."""
    text = json.dumps([part if isinstance(part, int) else str(part) for part in place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _pair(cursor: str) -> tuple[object, object]:
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _bad_cursor() from error
    if not isinstance(found, list) or len(found) != 2:
        raise _bad_cursor()
    return found[0], found[1]


def _bad_cursor() -> Invalid:
    return Invalid("cursor: this is no cursor of this list.", hint="Give nextCursor of the page before, or none.")
