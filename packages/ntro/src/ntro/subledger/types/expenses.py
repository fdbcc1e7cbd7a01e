"""Expenses as submitted and reviewed, before they are bills of the general ledger."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, model_validator

from ntro.accounting.amounts import difference, exact_amount, total
from ntro.subledger.proposals import BillProposal, ItemLine, LedgerAccountRef, PartyRef, make_idempotency_key
from ntro.subledger.registry import register_type
from ntro.subledger.row import Row
from ntro.subledger.status import LOOSE, SubledgerStatus
from ntro.subledger.types.expense_columns import AMOUNT_LIMIT, SMALLEST_AMOUNT, by_column, read_expense
from ntro.types.currencies import CurrencyCode

DEFAULT_CURRENCY = "GBP"
_ACCOUNT_CODE = re.compile(r"[A-Za-z]{0,4}[0-9][A-Za-z0-9._/-]*")
_CANONICAL = {"amount_gross": "amount", "expense_date": "date"}


def _without_binary_expansion(value: Any) -> Any:
    # Agents send JSON numbers; the shortest spelling is what they wrote.
    return repr(value) if isinstance(value, float) else value


def _storable(amount: Decimal) -> Decimal:
    # The database would round the rest away without a word.
    if not amount.is_finite() or abs(amount) >= AMOUNT_LIMIT or amount != amount.quantize(SMALLEST_AMOUNT):
        raise ValueError(f"the ledger holds amounts below {AMOUNT_LIMIT:f} with at most four decimals")
    return amount


_Exact = Annotated[Decimal, BeforeValidator(_without_binary_expansion), AfterValidator(_storable)]


@register_type("expenses")
class ExpenseRow(Row):
    """One expense. It is complete and its tax fits, unless it needs attention or was left out as it was."""

    event_id: UUID
    vendor: str | None = None
    amount_gross: Annotated[_Exact, Field(gt=0)] | None = None
    currency: CurrencyCode | None = None
    expense_date: date | None = None
    payment_method: str | None = None
    line_items: list[dict[str, Any]] | None = None
    vat_amount: Annotated[_Exact, Field(ge=0)] | None = None
    notes: str | None = None
    category: str | None = None
    category_source: str | None = None
    confidence: Annotated[_Exact, Field(ge=0, le=1)] | None = None
    approved_at: AwareDatetime | None = None
    posted_to_gl: bool = False
    posted_journal_ref: str | None = None

    @classmethod
    def propose_for_gl(
        cls, rows: Sequence["ExpenseRow"], *, task_id: UUID | str, accounts: Mapping[str, str] | None = None
    ) -> list[BillProposal]:
        """A bill for each approved row, in their order.

        Args:
            rows: approved rows.
            task_id: the task that posts them; part of each bill's key.
            accounts: the account code of each category. A category without one is taken as a code where it is shaped
                like one, such as `5100`.

        Raises:
            ValueError: there are no rows, one is not approved, has no account or has lines that do not add up.
        """
        if not rows:
            raise ValueError("There are no expenses to propose.")
        return [_bill(row, str(task_id), accounts or {}) for row in rows]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.status in LOOSE:
            return self
        required = {"vendor": self.vendor, "amount_gross": self.amount_gross, "currency": self.currency}
        missing = [name for name, value in required.items() if value is None or value == ""]
        if missing:
            raise ValueError(f"an expense needs {', '.join(missing)}")
        if self.vat_amount is not None and self.amount_gross is not None and self.vat_amount > self.amount_gross:
            raise ValueError("the tax is more than the gross amount")
        return self


def canonicalize_tabular_expense_row(row: Mapping[str, Any]) -> tuple[dict[str, Any] | None, list[dict[str, str]]]:
    """The expense in a row by column names, or what is wrong with it: `{"field", "code", "message"}` each.

    Keys are `vendor`, `amount` (an exact decimal), `currency` (`GBP` where the row names none), and where given `date`
    as it is written, `payment_method`, `vat_amount`, `notes`, `category`.
    """
    reading = read_expense(row, default_currency=DEFAULT_CURRENCY)
    # The date is handed on as written, so it cannot be wrong here.
    errors = [
        {**error, "field": _CANONICAL.get(error["field"], error["field"])}
        for error in reading.errors
        if error["field"] != "expense_date"
    ]
    if errors:
        return None, errors
    data = {_CANONICAL.get(name, name): value for name, value in reading.fields.items() if name != "expense_date"}
    written = by_column(row).get("expense_date")
    return data | ({} if written is None else {"date": str(written).strip()}), []


def canonicalize_tabular_expense_rows(
    rows: Iterable[Mapping[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The expenses in `rows`, and the rows that hold none: `{"row_index" (from 1), "errors", "raw"}` each."""
    accepted: list[dict[str, Any]] = []
    rejected: list[dict[str, Any]] = []
    for index, row in enumerate(rows, start=1):
        data, errors = canonicalize_tabular_expense_row(row)
        if data is None:
            rejected.append({"row_index": index, "errors": errors, "raw": dict(row)})
        else:
            accepted.append(data)
    return accepted, rejected


def _bill(row: ExpenseRow, task_id: str, accounts: Mapping[str, str]) -> BillProposal:
    if row.status is not SubledgerStatus.APPROVED:
        raise ValueError(f"Expense {row.id} is {row.status}; only approved expenses are proposed.")
    assert row.vendor is not None
    assert row.amount_gross is not None
    return BillProposal(
        source_row_ids=[row.id],
        subledger_type="expenses",
        idempotency_key=make_idempotency_key(subledger_type="expenses", task_id=task_id, row_id=row.id),
        supplier=PartyRef(display_name=row.vendor),
        bill_date=row.expense_date,
        due_date=row.expense_date,
        currency=row.currency,
        total=row.amount_gross,
        total_tax=row.vat_amount,
        notes=row.notes,
        line_items=_bill_lines(row, row.amount_gross, accounts),
    )


def _bill_lines(row: ExpenseRow, gross: Decimal, accounts: Mapping[str, str]) -> list[ItemLine]:
    given = row.line_items or [{"description": row.notes, "amount": gross}]
    lines = [
        ItemLine(
            description=item.get("description"),
            total_amount=exact_amount(item.get("amount"), f"the amount of line {number} of expense {row.id}"),
            ledger_account=LedgerAccountRef(nominal_code=_account(row, item.get("account_code"), accounts)),
        )
        for number, item in enumerate(given, start=1)
    ]
    stated = total(line.total_amount for line in lines)
    if stated not in (gross, difference(gross, row.vat_amount or Decimal(0))):
        raise ValueError(f"The lines of expense {row.id} add up to {stated}, neither gross nor net of {gross}.")
    return lines


def _account(row: ExpenseRow, stated: Any, accounts: Mapping[str, str]) -> str:
    wanted = str(stated or row.category or "").strip()
    code = accounts.get(wanted, wanted)
    if not _ACCOUNT_CODE.fullmatch(code):
        raise ValueError(f"Expense {row.id} has no account: its category {wanted!r} is mapped to none.")
    return code
