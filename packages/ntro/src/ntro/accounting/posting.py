"""Posting: journals applied to an opening trial balance give the closing one, account by account."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ntro.accounting.amounts import ZERO, difference, total
from ntro.accounting.journals import JournalEntry
from ntro.accounting.models import ChartOfAccounts, TBLine, TrialBalanceReport


class PostingError(ValueError):
    """Journals cannot be posted to these books; the message names the journal or account and why."""

    code = "posting_refused"


@dataclass(frozen=True, slots=True)
class AccountMovement:
    """What a period did to one account. Balances are debit less credit; `debits` and `credits` are the turnover."""

    account_code: str
    account_name: str
    opening: Decimal
    debits: Decimal
    credits: Decimal

    @property
    def closing(self) -> Decimal:
        return difference(total((self.opening, self.debits)), self.credits)


@dataclass(frozen=True, slots=True)
class Posting:
    """The closing trial balance and how each account came to it."""

    closing: TrialBalanceReport
    movements: tuple[AccountMovement, ...]


def post_journals(
    opening: TrialBalanceReport,
    journals: Sequence[JournalEntry],
    *,
    period: str,
    chart: ChartOfAccounts | None = None,
) -> Posting:
    """The books of `period` after `journals`: accounts of `opening` in its order, then new ones by code.

    With a `chart` every posted account must be an active one of it; without, new accounts are named by their code.

    Raises:
        PostingError: the opening balance, a journal, its period, entity, currency or an account does not fit.
    """
    if not opening.is_balanced:
        raise PostingError(
            f"The opening trial balance does not balance: debits {opening.total_debits}, credits"
            f" {opening.total_credits}."
        )
    for number, journal in enumerate(journals, start=1):
        _refuse_misfit(number, journal, opening, period, chart)
    movements = _movements(opening, journals, chart)
    lines = [_closing_line(movement) for movement in movements]
    closing = opening.model_copy(update={"period": period, "kind": "closing", "lines": lines})
    closing.assert_balanced()
    return Posting(closing, movements)


def _refuse_misfit(
    number: int, journal: JournalEntry, opening: TrialBalanceReport, period: str, chart: ChartOfAccounts | None
) -> None:
    name = f"Journal {number} ({journal.description or 'no description'})"
    if not journal.is_balanced:
        raise PostingError(f"{name} does not balance: debits {journal.total_dr}, credits {journal.total_cr}.")
    if journal.period != period:
        raise PostingError(f"{name} is of {journal.period}, the books are closed for {period}.")
    if opening.entity_slug and journal.entity_slug != opening.entity_slug:
        raise PostingError(f"{name} is of entity {journal.entity_slug!r}, the books of {opening.entity_slug!r}.")
    if journal.currency not in (None, opening.currency):
        raise PostingError(f"{name} is in {journal.currency}, the books in {opening.currency}.")
    for line in journal.lines if chart else ():
        account = chart.by_code(line.account_code) if chart else None
        if account is None or not account.is_active:
            raise PostingError(f"{name} posts to {line.account_code}, which is no active account of the chart.")


def _movements(
    opening: TrialBalanceReport, journals: Sequence[JournalEntry], chart: ChartOfAccounts | None
) -> tuple[AccountMovement, ...]:
    balances: dict[str, Decimal] = {}
    names: dict[str, str] = {}
    for line in opening.lines:
        balances[line.account_code] = total((balances.get(line.account_code, ZERO), line.balance))
        names.setdefault(line.account_code, line.account_name)
    debits: dict[str, Decimal] = {}
    credits_: dict[str, Decimal] = {}
    for posted in (line for journal in journals for line in journal.lines):
        debits[posted.account_code] = total((debits.get(posted.account_code, ZERO), posted.debit))
        credits_[posted.account_code] = total((credits_.get(posted.account_code, ZERO), posted.credit))
    new = sorted(code for code in debits if code not in balances)
    return tuple(
        AccountMovement(
            code,
            names.get(code) or _charted_name(chart, code),
            balances.get(code, ZERO),
            debits.get(code, ZERO),
            credits_.get(code, ZERO),
        )
        for code in [*balances, *new]
    )


def _charted_name(chart: ChartOfAccounts | None, code: str) -> str:
    account = chart.by_code(code) if chart else None
    return account.name if account else code


def _closing_line(movement: AccountMovement) -> TBLine:
    balance = movement.closing
    return TBLine(
        account_code=movement.account_code,
        account_name=movement.account_name,
        debit=max(balance, ZERO),
        credit=max(difference(ZERO, balance), ZERO),
    )
