"""What nav-monthly-journals is given, what its steps hand on, and what it leaves behind. Amounts are exact decimals."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ntro.accounting.checks import CheckItem
from ntro.accounting.journals import JournalProposal
from ntro.accounting.models import Account, ChartOfAccounts, TrialBalanceReport
from ntro.accounting.property_spv import MonthBasis, MonthJournals, PropertySpvConfig
from ntro.accounting.standing import StandingJournal
from ntro.events import ObservableResult
from ntro.money import ExactAmount
from ntro.types import Period


class ExpectedDocument(BaseModel):
    """A document that the month needs, by its slot."""

    source: str
    schema_slug: str = ""


class NavMonthlyJournalsContext(BaseModel):
    """The entity, the month, and the entity's configuration.

    `opening` is the verified opening trial balance where the caller has one, else it is read from the committed
    documents. `documents_task_id` names the task whose documents count, where it is not the own one. `dry_run`
    rehearses: no row is kept.
    """

    model_config = ConfigDict(extra="ignore")

    tenant_slug: str
    entity_id: UUID
    entity_slug: str
    entity_name: str = ""
    period: Period
    dry_run: bool = False
    books: PropertySpvConfig
    chart: list[Account] = Field(min_length=1)
    standing_journals: list[StandingJournal] = []
    documents: list[ExpectedDocument] = []
    opening: TrialBalanceReport | None = None
    documents_task_id: UUID | None = None

    @property
    def chart_of_accounts(self) -> ChartOfAccounts:
        """The accounts that may be posted to."""
        return ChartOfAccounts(entity_slug=self.entity_slug, accounts=self.chart)


class ProposeInput(BaseModel):
    """What journals are proposed for."""

    context: NavMonthlyJournalsContext
    task_id: UUID


class JournalsProposed(BaseModel):
    """The month's journals as proposed or corrected, what they are made from, and checks beside those of the books."""

    basis: MonthBasis
    month: MonthJournals
    checks: list[CheckItem] = []


class CorrectInput(BaseModel):
    """A person's corrections to the proposed journals, by `line_item_id`."""

    proposed: JournalsProposed
    corrections: list[dict[str, Any]]
    actor: str | None = None


class KeepInput(BaseModel):
    """What was approved."""

    context: NavMonthlyJournalsContext
    task_id: UUID
    journals: list[JournalProposal]


class KeptJournals(BaseModel):
    """The approved rows in `ledgers.journal_proposals`, in order, and how many earlier ones they replace."""

    row_ids: list[UUID]
    superseded: int = 0


class ApprovedJournals(ObservableResult):
    """The outcome. `row_ids` are the approved rows for the caller to post; a rejection or rehearsal leaves none."""

    class ObserverMeta:
        event_type = "journals.reviewed"

    status: Literal["approved", "rehearsed", "rejected"]
    period: str
    currency: str
    row_ids: list[UUID] = []
    superseded: int = 0
    journal_count: int = 0
    line_count: int = 0
    total_debits: ExactAmount | None = None
    total_credits: ExactAmount | None = None
    closing: TrialBalanceReport | None = None
    approved_by: str | None = None
    reason: str | None = None
