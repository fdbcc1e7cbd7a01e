"""What expense-processor is given, what its steps hand on, and what it leaves behind. Amounts are exact decimals."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ntro.accounting.property_spv import SupplierRule
from ntro.events import ObservableResult
from ntro.ingest import IngestOutcome
from ntro.money import ExactAmount
from ntro.subledger.types.expenses import ExpenseRow
from ntro.types import CurrencyCode, Period

Status = Literal["PENDING", "NEEDS_ATTENTION", "APPROVED", "REJECTED", "EXCLUDED", "POSTED"]


class ChartEntry(BaseModel):
    """An account that may be posted to."""

    code: str = Field(min_length=1)
    name: str
    type: str


class ExpenseBooks(BaseModel):
    """The part of the entity's books that expenses need; what else they hold is for other runbooks."""

    model_config = ConfigDict(extra="ignore")

    currency: CurrencyCode
    gl_map: dict[str, str]
    tax_recoverable: bool
    supplier_rules: tuple[SupplierRule, ...] = ()


class ExpenseProcessorContext(BaseModel):
    """The entity, the month, and the entity's configuration.

    `expense_accounts` gives the account of each category; the roles of supplier rules are categories as well.
    `target_rows` is how many rows are waited for; without it the first submission is all. `document_ref` names a file
    that is there already. `dry_run` rehearses: nothing is posted.
    """

    model_config = ConfigDict(extra="ignore")

    tenant_slug: str
    entity_id: UUID
    entity_slug: str
    entity_name: str = ""
    period: Period
    dry_run: bool = False
    books: ExpenseBooks
    chart: list[ChartEntry] = []
    expense_accounts: dict[str, str] = {}
    source: str = Field(default="expenses", pattern=r"^[a-z0-9-]{1,64}$")
    target_rows: int | None = Field(default=None, gt=0)
    collect_timeout_hours: int = Field(default=24, gt=0)
    document_ref: str | None = None


class Submission(BaseModel):
    """A file by its reference, or an event with data: one row, a list of rows, or `{"rows": [...]}`."""

    model_config = ConfigDict(extra="ignore")

    document_ref: UUID | None = None
    filename: str = ""
    event_id: UUID | None = None
    kind: str | None = None
    source_ref: dict[str, Any] | None = None
    data: dict[str, Any] | list[Any] | None = None

    @property
    def identity(self) -> UUID | None:
        """What tells it from another submission."""
        return self.document_ref or self.event_id


class ReviewRow(BaseModel):
    """An expense as it is reviewed."""

    id: UUID
    status: Status
    vendor: str | None = None
    amount_gross: ExactAmount | None = None
    currency: str | None = None
    expense_date: date | None = None
    vat_amount: ExactAmount | None = None
    payment_method: str | None = None
    category: str | None = None
    category_source: str | None = None
    notes: str | None = None
    source_ref: str | None = None
    validation_errors: list[dict[str, Any]] = []

    @classmethod
    def of(cls, row: ExpenseRow) -> Self:
        """The row as it stands in the ledger."""
        own = {name: getattr(row, name) for name in cls.model_fields}
        amounts = {name: tidy(own[name]) for name in ("amount_gross", "vat_amount")}
        return cls.model_validate(own | amounts | {"validation_errors": row.validation_errors or []})


def tidy(amount: Decimal | None) -> Decimal | None:
    """`amount` with two decimals, or with as many as it needs."""
    if amount is None:
        return None
    cents = amount.quantize(Decimal("0.01"))
    return cents if cents == amount else amount.normalize()


class IngestInput(BaseModel):
    """What to take in."""

    context: ExpenseProcessorContext
    task_id: UUID
    submission: Submission


class Ingested(ObservableResult):
    """The rows that a submission became, in its order; with `refused_code` nothing was taken."""

    class ObserverMeta:
        event_type = "expense.row.persisted"

    row_ids: list[UUID]
    outcome: IngestOutcome
    refused_code: str | None = None


class RowsInput(BaseModel):
    """Rows of a task."""

    context: ExpenseProcessorContext
    task_id: UUID
    row_ids: list[UUID]


class ExpenseBatch(BaseModel):
    """Rows as they are in the ledger, in the order in which they came."""

    rows: list[ReviewRow]


class CorrectInput(RowsInput):
    """A person's corrections, by `line_item_id`."""

    corrections: list[dict[str, Any]]


class CommitInput(BaseModel):
    """What a person approved, exactly as it was shown."""

    context: ExpenseProcessorContext
    task_id: UUID
    shown: list[ReviewRow]


class Committed(BaseModel):
    """Whether what was shown is approved now; it is not where rows have changed, or something is open about them."""

    status: Literal["committed", "changed", "blocked"]
    open_points: list[str] = []


class Posted(BaseModel):
    """The journals of a batch, in the order of its rows."""

    journal_ids: list[UUID]
    total: ExactAmount


class PeriodExpenses(ObservableResult):
    """The outcome. Only where it is `posted` was anything posted; a rehearsal leaves its rows rejected."""

    class ObserverMeta:
        event_type = "expense.period.committed"

    status: Literal["posted", "rehearsed", "rejected", "empty"]
    period: str
    currency: str
    submitted_rows: int = 0
    posted_rows: int = 0
    posted_total: ExactAmount | None = None
    rejected_rows: int = 0
    needs_attention: int = 0
    journal_ids: list[UUID] = []
    approved_by: str | None = None
    reason: str | None = None
