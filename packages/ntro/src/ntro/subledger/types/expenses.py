"""Expenses as submitted and reviewed, before they are bills of the general ledger."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator

from ntro.subledger.registry import register_type
from ntro.subledger.row import Row
from ntro.subledger.status import SubledgerStatus
from ntro.types.currencies import CurrencyCode


def _without_binary_expansion(value: Any) -> Any:
    # Agents send JSON numbers; the shortest spelling is what they wrote.
    return repr(value) if isinstance(value, float) else value


_Exact = Annotated[Decimal, BeforeValidator(_without_binary_expansion)]


@register_type("expenses")
class ExpenseRow(Row):
    """One expense. Vendor, gross amount and currency may be missing only while the row needs attention."""

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

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.status is not SubledgerStatus.NEEDS_ATTENTION:
            required = {"vendor": self.vendor, "amount_gross": self.amount_gross, "currency": self.currency}
            missing = [name for name, value in required.items() if value is None or value == ""]
            if missing:
                raise ValueError(f"an expense needs {', '.join(missing)}")
        if self.vat_amount is not None and self.amount_gross is not None and self.vat_amount > self.amount_gross:
            raise ValueError("the tax is more than the gross amount")
        return self
