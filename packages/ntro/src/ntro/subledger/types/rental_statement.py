"""Rent of a period as the agent states it: due, received and owed, a row for each unit."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from ntro.money import ExactAmount
from ntro.subledger.registry import register_type
from ntro.subledger.row import Row
from ntro.subledger.status import LOOSE
from ntro.subledger.types.expense_columns import AMOUNT_LIMIT, SMALLEST_AMOUNT


def _storable(amount: Decimal) -> Decimal:
    # The database would round the rest away without a word.
    if abs(amount) >= AMOUNT_LIMIT or amount != amount.quantize(SMALLEST_AMOUNT):
        raise ValueError(f"the ledger holds amounts below {AMOUNT_LIMIT:f} with at most four decimals")
    return amount


_Amount = Annotated[ExactAmount, AfterValidator(_storable)]
_Positive = Annotated[_Amount, Field(ge=0)]


@register_type("rental_statement")
class RentalStatementRow(Row):
    """The rent of one unit. Totals of the period (`management_fee_gross` and what follows) stand on its first row.

    The row names its unit and says what was due and received, unless it needs attention or was left out as it was.
    What was received may be below zero: a refund.
    """

    unit: str | None = None
    tenant_name: str | None = None
    monthly_rent: _Positive | None = None
    rent_received: _Amount | None = None
    arrears_30d: _Positive | None = None
    arrears_60d: _Positive | None = None
    arrears_90d_plus: _Positive | None = None
    management_fee_gross: _Positive | None = None
    repairs_gross: _Positive | None = None
    net_cash_received: _Amount | None = None
    approved_at: AwareDatetime | None = None
    posted_to_gl: bool = False
    posted_journal_ref: str | None = None

    def for_allocation(self) -> dict[str, Any]:
        """The row as `propose_allocation_journal` takes it in `rental_statement_rows`; amounts stay decimals."""
        return {name: value for name in _ALLOCATED if (value := getattr(self, name)) is not None}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.status in LOOSE:
            return self
        required = {"unit": self.unit, "monthly_rent": self.monthly_rent, "rent_received": self.rent_received}
        missing = [name for name, value in required.items() if value is None or value == ""]
        if missing:
            raise ValueError(f"a row of a rental statement needs {', '.join(missing)}")
        return self


_ALLOCATED = (
    "unit",
    "tenant_name",
    "monthly_rent",
    "rent_received",
    "arrears_30d",
    "arrears_60d",
    "arrears_90d_plus",
    "management_fee_gross",
    "repairs_gross",
)
