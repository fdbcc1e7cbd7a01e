"""The history of rows: who changed what, and when. Triggers of the database write it; nothing changes it afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ntro.data import DataPlane
from ntro.data._json import json_value

_NAME = "select set_config('ntro.actor', $1, true)"
_NAME_UNLESS_NAMED = f"{_NAME} where coalesce(current_setting('ntro.actor', true), '') = ''"


@dataclass(frozen=True, slots=True)
class RowChange:
    """One change of one row. `old` and `new` hold the columns that differ: all of them where it came or went.

    `actor` is a person's subject, `run:<run id>`, or the database's user where a script changed the row; `source` is
    the program. Amounts in `old` and `new` are decimals.
    """

    seq: int
    ledger: str
    row_id: UUID
    operation: Literal["INSERT", "UPDATE", "DELETE"]
    actor: str
    source: str
    old: dict[str, Any]
    new: dict[str, Any]
    at: datetime


@asynccontextmanager
async def acting_as(db: DataPlane, actor: str, *, over: bool = True) -> AsyncIterator[DataPlane]:
    """A transaction whose changes of rows are those of `actor` in their history, until the outermost one ends.

    Args:
        db: the data plane, perhaps bound to a transaction.
        actor: who acts.
        over: also where the transaction has named someone before.
    """
    async with db.transaction() as bound:
        await bound.execute(_NAME if over else _NAME_UNLESS_NAMED, actor)
        yield bound


async def changes_of_row(
    db: DataPlane, *, ledger: str, row_id: UUID, entity_id: UUID, task_id: UUID
) -> list[RowChange]:
    """The changes of a row of an entity and task, the first first."""
    rows = await db.fetch(
        """select seq, ledger, row_id, operation, actor, source, old, new, at from ledgers.row_changes
           where ledger = $1 and row_id = $2 and entity_id = $3 and task_id = $4 order by seq""",
        ledger,
        row_id,
        entity_id,
        task_id,
    )
    return [RowChange(**(row | {side: _decoded(row[side]) for side in ("old", "new")})) for row in rows]


def _decoded(value: Any) -> Any:
    """A data plane without the JSON codec hands out text."""
    return json_value(value) if isinstance(value, str) else value
