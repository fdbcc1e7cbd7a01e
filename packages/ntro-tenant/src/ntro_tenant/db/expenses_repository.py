"""Rows of the expenses ledger, as a person's single edits change them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

_COLUMNS = frozenset(
    {
        "vendor",
        "currency",
        "expense_date",
        "payment_method",
        "notes",
        "category",
        "category_source",
        "amount_gross",
        "vat_amount",
    }
)


@dataclass(frozen=True, slots=True)
class ExpenseRow:
    """What the rules of an edit look at."""

    id: UUID
    status: str
    vendor: str | None
    currency: str | None
    amount_gross: Decimal | None
    vat_amount: Decimal | None


async def lock_expense(connection: asyncpg.Connection, task_id: UUID, row_id: UUID) -> ExpenseRow | None:
    """The expense of the task, locked until the transaction ends."""
    row = await connection.fetchrow(
        """
        select id, status, vendor, currency, amount_gross, vat_amount from ledgers.expenses
        where task_id = $1 and id = $2 for update
        """,
        task_id,
        row_id,
    )
    return ExpenseRow(**row) if row else None


async def set_cell(connection: asyncpg.Connection, row_id: UUID, field: str, value: Any) -> None:
    """Sets one cell; `field` is one of the editable columns."""
    assert field in _COLUMNS, "edits are checked before they come here"
    await connection.execute(
        f"update ledgers.expenses set {field} = $2, updated_at = now() where id = $1", row_id, value
    )


async def set_status(connection: asyncpg.Connection, row_id: UUID, status: str, *, clear_errors: bool = False) -> None:
    await connection.execute(
        """
        update ledgers.expenses set status = $2, updated_at = now(),
               validation_errors = case when $3 then null else validation_errors end
        where id = $1
        """,
        row_id,
        status,
        clear_errors,
    )
