"""The corrections corpus: who corrected what, at which gate of which version of a runbook, before and after.

It is read from the audit log, so it is as complete and as final as that is. It is financial data and stays in the cell.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg

from ntro_server.errors import Forbidden, Invalid
from ntro_tenant.core.corrected_values import corrections_of
from ntro_tenant.core.people import Person
from ntro_tenant.core.views import CorrectionView
from ntro_tenant.db.corrections_repository import correcting_events, reading_agents

READERS = frozenset({"admin", "engineer"})
"""Roles that improve runbooks."""

_PAGE = 200


@dataclass(frozen=True, slots=True)
class CorpusQuery:
    """Which corrections: of a runbook, from a time on, after the correction `cursor`, at most `limit` of them."""

    runbook: str | None = None
    since: datetime | None = None
    cursor: str | None = None
    limit: int = _PAGE


@dataclass(frozen=True, slots=True)
class CorpusPage:
    """Corrections, oldest first. `next_cursor` is none where these are the last so far."""

    items: list[CorrectionView]
    next_cursor: str | None


async def check_reader(connection: asyncpg.Connection, person: Person) -> None:
    """Lets pass who may read the corpus: an engineer, an admin, and an agent that the tenant's config names.

    The config says `{"corrections": {"agents": ["<agent id>"]}}`.

    Raises:
        Forbidden: the person has no such role, or the agent is not named.
    """
    if person.agent_id is not None:
        named = await reading_agents(connection)
        may_read = isinstance(named, list) and str(person.agent_id) in named
    else:
        may_read = bool(person.roles & READERS)
    if not may_read:
        raise Forbidden("The corrections are for engineers and admins.", hint="Ask for the role engineer.")


async def page(connection: asyncpg.Connection, query: CorpusQuery) -> CorpusPage:
    """A page of the corpus. Whoever keeps the id of the last correction goes on from there later.

    Raises:
        Invalid: the cursor is none.
    """
    seq, number = _position(query.cursor)
    # Every event has one at least; the first may have been read to its end.
    events = await correcting_events(
        connection, first=seq, runbook=query.runbook, since=query.since, limit=query.limit + 2
    )
    found = [one for event in events for one in corrections_of(event) if _position(one.id) > (seq, number)]
    items = found[: query.limit]
    goes_on = len(found) > len(items) or len(events) == query.limit + 2
    return CorpusPage(items, items[-1].id if goes_on and items else None)


async def everything(connection: asyncpg.Connection, query: CorpusQuery) -> AsyncIterator[CorrectionView]:
    """All that fits, a page at a time."""
    whole: CorpusQuery | None = replace(query, limit=_PAGE)
    while whole is not None:
        read = await page(connection, whole)
        for item in read.items:
            yield item
        whole = replace(whole, cursor=read.next_cursor) if read.next_cursor else None


def _position(cursor: str | None) -> tuple[int, int]:
    if cursor is None:
        return 0, -1
    seq, _, number = cursor.partition(":")
    if not (seq.isascii() and seq.isdigit() and number.isascii() and number.isdigit() and len(cursor) <= 28):
        raise Invalid("cursor: it is the id of a correction.", hint="Give nextCursor, or the id of the last one read.")
    return int(seq), int(number)
