"""What nav-monthly is given, what its steps hand on, and what it leaves behind. Amounts are exact decimals."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ntro.accounting.checks import CheckItem
from ntro.accounting.journals import JournalProposal
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.nav import NavCalculation
from ntro.accounting.property_spv import PropertySpvConfig
from ntro.events import ObservableResult
from ntro.money import ExactAmount
from ntro.types import Period


class ChartEntry(BaseModel):
    """An account that may be posted to, with its type: asset, liability, equity, income or expense."""

    code: str
    name: str
    type: str


class StandingLine(BaseModel):
    """A line of a standing journal: an amount on one side."""

    account_code: str
    description: str = ""
    debit: ExactAmount | None = None
    credit: ExactAmount | None = None


class StandingJournal(BaseModel):
    """A journal that is posted each month as it is written here."""

    description: str
    lines: list[StandingLine] = Field(min_length=2)


class ExpectedDocument(BaseModel):
    """A document the close waits for."""

    source: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    schema_slug: str
    title: str
    instructions: str | None = None
    accept: list[str] = []
    review: Literal["always", "when_issues"] = "always"


class NavMonthlyContext(BaseModel):
    """The entity, the month, and the entity's configuration."""

    model_config = ConfigDict(extra="ignore")

    tenant_slug: str
    entity_id: str
    entity_slug: str
    entity_name: str = ""
    task_id: str
    period: Period
    shares: ExactAmount
    nav_per_share_places: int = Field(default=4, ge=0, le=8)
    books: PropertySpvConfig
    chart: list[ChartEntry] = Field(min_length=1)
    account_classes: dict[str, str] = {}
    standing_journals: list[StandingJournal] = []
    documents: list[ExpectedDocument] = Field(min_length=1)


class PeriodOpened(BaseModel):
    """The period in the ledger; `previous` is the last one that was signed off."""

    period_id: str
    previous: str | None


class StartingTBVerified(ObservableResult):
    """The opening trial balance and the checks on it."""

    class ObserverMeta:
        event_type = "trial_balance.parsed"

    opening: TrialBalanceReport
    checks: list[CheckItem]


class ProposeInput(BaseModel):
    """What journals are proposed from."""

    context: NavMonthlyContext
    opening: TrialBalanceReport


class JournalsProposed(BaseModel):
    """The month's journals as proposed, or as corrected, with the checks on the books they lead to."""

    journals: list[JournalProposal]
    closing: TrialBalanceReport
    checks: list[CheckItem]


class CorrectInput(BaseModel):
    """A person's corrections to the proposed journals, by `line_item_id`."""

    context: NavMonthlyContext
    opening: TrialBalanceReport
    proposed: JournalsProposed
    corrections: list[dict[str, Any]]


class NavInput(BaseModel):
    """What the NAV is computed from."""

    context: NavMonthlyContext
    closing: TrialBalanceReport


class CloseInput(BaseModel):
    """Everything that is written when the NAV is signed."""

    context: NavMonthlyContext
    opening: TrialBalanceReport
    proposed: JournalsProposed
    nav: NavCalculation
    signed_by: str | None
    signed_at: str | None
    reason: str | None


class PostedJournals(BaseModel):
    """The posted journals' ids, in posting order."""

    journal_ids: list[str]


class PackFile(BaseModel):
    """A file of the pack."""

    document_ref: str
    filename: str
    sha256: str
    size_bytes: int


class PeriodSummary(ObservableResult):
    """The outcome of a close. `rejected` says at which gate; nothing was posted then."""

    class ObserverMeta:
        event_type = "period.closed"

    status: Literal["signed_off", "rejected"]
    period: str
    currency: str
    nav: ExactAmount | None = None
    nav_per_share: ExactAmount | None = None
    shares: ExactAmount | None = None
    total_assets: ExactAmount | None = None
    total_liabilities: ExactAmount | None = None
    journal_count: int = 0
    journal_total_debits: ExactAmount | None = None
    journal_total_credits: ExactAmount | None = None
    journal_line_count: int = 0
    signed_by: str | None = None
    rejected_at: str | None = None
    reason: str | None = None
    pack: list[PackFile] = []
