"""What the steps of a close hand on, and what it leaves behind. Amounts are exact decimals."""

from typing import Any, Literal

from pydantic import BaseModel

from ntro.accounting.checks import CheckItem
from ntro.accounting.journals import JournalProposal
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.nav import NavCalculation
from ntro.events import ObservableResult
from ntro.money import ExactAmount

from .context import NavMonthlyContext

__all__ = [
    "CloseInput",
    "CorrectInput",
    "DocumentSeen",
    "HandoverFile",
    "JournalsProposed",
    "NavInput",
    "NavMonthlyContext",
    "PackFile",
    "PeriodOpened",
    "PeriodSummary",
    "PostedJournals",
    "PreviousClose",
    "ProposeInput",
    "StartingTBInput",
    "StartingTBVerified",
]


class PreviousClose(BaseModel):
    """The last period before this one that was signed off."""

    period: str
    currency: str
    nav: ExactAmount
    nav_per_share: ExactAmount
    shares: ExactAmount
    closing: TrialBalanceReport


class PeriodOpened(BaseModel):
    """The period in the ledger; a rehearsal of a new period leaves none there."""

    period_id: str | None
    previous: PreviousClose | None


class DocumentSeen(BaseModel):
    """A document that was committed, for whoever signs: its slot, its name and the SHA-256 of its bytes."""

    source: str
    schema_slug: str
    filename: str
    sha256: str
    summary: str = ""
    issues: int = 0


class StartingTBInput(BaseModel):
    """What the opening trial balance is held against."""

    context: NavMonthlyContext
    previous: PreviousClose | None


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
    """The month's journals as proposed or corrected, with the checks on the books they lead to, and who approved."""

    journals: list[JournalProposal]
    closing: TrialBalanceReport
    checks: list[CheckItem]
    approved_by: str | None = None


class CorrectInput(BaseModel):
    """A person's corrections to the proposed journals, by `line_item_id`."""

    context: NavMonthlyContext
    opening: TrialBalanceReport
    proposed: JournalsProposed
    corrections: list[dict[str, Any]]
    actor: str | None


class NavInput(BaseModel):
    """What the NAV is computed from."""

    context: NavMonthlyContext
    closing: TrialBalanceReport


class CloseInput(BaseModel):
    """Everything that is written when the NAV is signed. `checks` are all that the signer saw."""

    context: NavMonthlyContext
    opening: TrialBalanceReport
    proposed: JournalsProposed
    nav: NavCalculation
    previous: PreviousClose | None
    checks: list[CheckItem]
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


class HandoverFile(BaseModel):
    """A file of the auditor handover that was approved."""

    document_ref: str
    filename: str
    size_bytes: int


class PeriodSummary(ObservableResult):
    """The outcome of a close. `rejected` says at which gate, `rehearsed` that it was a dry run: both posted nothing."""

    class ObserverMeta:
        event_type = "period.closed"

    status: Literal["signed_off", "rejected", "rehearsed"]
    period: str
    currency: str
    nav: ExactAmount | None = None
    nav_per_share: ExactAmount | None = None
    shares: ExactAmount | None = None
    total_assets: ExactAmount | None = None
    total_liabilities: ExactAmount | None = None
    previous_period: str | None = None
    previous_nav: ExactAmount | None = None
    journal_count: int = 0
    journal_total_debits: ExactAmount | None = None
    journal_total_credits: ExactAmount | None = None
    journal_line_count: int = 0
    failed_checks: list[str] = []
    prepared_by: str | None = None
    signed_by: str | None = None
    rejected_at: str | None = None
    reason: str | None = None
    pack: list[PackFile] = []
    handover: list[HandoverFile] = []
