"""Quality checks of a close, with the figures that they compared. Nothing to compare is never a pass."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ntro.accounting.amounts import difference, total
from ntro.accounting.journals import JournalEntry
from ntro.accounting.models import TrialBalanceReport

CheckStatus = Literal["pass", "warn", "fail", "skipped"]
_SEVERITY: tuple[CheckStatus, ...] = ("skipped", "pass", "warn", "fail")


class CheckItem(BaseModel):
    """One check: its outcome, a sentence, and the figures as decimal text."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    status: CheckStatus
    detail: str = ""
    data: dict[str, str] = Field(default_factory=dict)
    source: str | None = "code"
    confidence: Decimal | None = Decimal(1)


def worst_of(items: Iterable[CheckItem]) -> CheckStatus:
    """The worst status; `skipped` where nothing was checked."""
    return max((item.status for item in items), key=_SEVERITY.index, default="skipped")


def check(identity: str, title: str, status: CheckStatus, detail: str, **figures: Decimal | int | str) -> CheckItem:
    """A check item with `figures` as text."""
    data = {name: f"{value:f}" if isinstance(value, Decimal) else str(value) for name, value in figures.items()}
    return CheckItem(id=identity, title=title, status=status, detail=detail, data=data)


def compare(
    identity: str, title: str, *, expected: Decimal, actual: Decimal, otherwise: CheckStatus = "fail", note: str = ""
) -> CheckItem:
    """Passes where `actual` equals `expected` to the last digit, else has the status `otherwise`."""
    off = difference(actual, expected)
    status = "pass" if off == 0 else otherwise
    detail = f"{actual} as expected." if off == 0 else f"Expected {expected}, found {actual}: {off} off."
    return check(
        identity,
        title,
        status,
        f"{detail} {note}".strip(),
        expected=expected,
        actual=actual,
        difference=off,
    )


def check_journals_balanced(journals: Sequence[JournalEntry]) -> CheckItem:
    """Each journal has lines and balances. Without journals there is nothing to check: skipped."""
    title = "Journals balance"
    if not journals:
        return check("journal_balanced", title, "skipped", "There are no journals.", journals=0)
    wrong = [journal.description or f"number {n}" for n, journal in enumerate(journals, 1) if not journal.is_balanced]
    debits = total(journal.total_dr for journal in journals)
    credits_ = total(journal.total_cr for journal in journals)
    return check(
        "journal_balanced",
        title,
        "fail" if wrong else "pass",
        f"Not balanced: {', '.join(wrong)}." if wrong else f"{len(journals)} journals, {debits} on each side.",
        total_debits=debits,
        total_credits=credits_,
        delta=debits - credits_,
        line_count=sum(len(journal.lines) for journal in journals),
    )


def check_trial_balance(identity: str, title: str, balance: TrialBalanceReport) -> CheckItem:
    """The trial balance has lines and balances; an empty one fails."""
    if not balance.lines:
        return check(identity, title, "fail", "The trial balance has no lines.")
    return check(
        identity,
        title,
        "pass" if balance.is_balanced else "fail",
        f"Debits {balance.total_debits}, credits {balance.total_credits}.",
        total_debits=balance.total_debits,
        total_credits=balance.total_credits,
        delta=balance.total_debits - balance.total_credits,
    )
