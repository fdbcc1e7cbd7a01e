"""Net asset value from a trial balance, each figure explained by the accounts in it."""

from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from ntro.accounting.amounts import ZERO, Rounding, difference, exact_amount, ratio, total
from ntro.accounting.classification import AccountClass, Classification, ClassificationError
from ntro.accounting.models import TrialBalanceReport
from ntro.money import ExactAmount

# Assets and expenses grow on the debit side, the others on the credit side.
_DEBIT_CLASSES = (AccountClass.ASSET, AccountClass.EXPENSE)


class NavError(ValueError):
    """A NAV cannot be computed from these books; the message says why."""

    code = "nav_refused"


class NavLine(BaseModel):
    """One account's part: `amount` counts towards its class, so a credit balance of an asset is below zero."""

    model_config = ConfigDict(frozen=True)

    account_code: str
    account_name: str
    account_class: AccountClass
    amount: ExactAmount


class NavCalculation(BaseModel):
    """A NAV and everything it was computed from."""

    model_config = ConfigDict(frozen=True)

    entity_slug: str
    period: str
    currency: str
    total_assets: ExactAmount
    total_liabilities: ExactAmount
    equity: ExactAmount
    income: ExactAmount
    expenses: ExactAmount
    nav: ExactAmount
    shares: ExactAmount
    nav_per_share: ExactAmount
    per_share_places: int
    rounding: Rounding
    lines: tuple[NavLine, ...] = Field(default=())

    def lines_of(self, account_class: AccountClass) -> tuple[NavLine, ...]:
        """The accounts of one class, in the order of the trial balance."""
        return tuple(line for line in self.lines if line.account_class is account_class)

    def checked(self) -> Self:
        """This calculation.

        Raises:
            NavError: assets less liabilities differ from equity plus income less expenses.
        """
        other_side = difference(total((self.equity, self.income)), self.expenses)
        if self.nav != other_side:
            raise NavError(f"Assets less liabilities are {self.nav}, equity with the result {other_side}.")
        return self


def compute_nav(
    trial_balance: TrialBalanceReport,
    classification: Classification,
    *,
    shares: Decimal | int | str,
    currency: str,
    rounding: Rounding,
    per_share_places: int = 4,
) -> NavCalculation:
    """The NAV of a balanced trial balance; only the NAV per share is rounded.

    Raises:
        ClassificationError: accounts have no class; all of them are named.
        NavError: the trial balance does not balance or is in another currency, or `shares` is not above zero.
    """
    _refuse_unusable(trial_balance, currency)
    issued = exact_amount(shares, "the number of shares")
    if issued <= 0:
        raise NavError(f"The number of shares is {issued}; it must be above zero.")
    lines = _classified(trial_balance, classification)
    totals = {name: _total(lines, name) for name in AccountClass}
    nav = difference(totals[AccountClass.ASSET], totals[AccountClass.LIABILITY])
    return NavCalculation(
        entity_slug=trial_balance.entity_slug,
        period=trial_balance.period,
        currency=currency,
        total_assets=totals[AccountClass.ASSET],
        total_liabilities=totals[AccountClass.LIABILITY],
        equity=totals[AccountClass.EQUITY],
        income=totals[AccountClass.INCOME],
        expenses=totals[AccountClass.EXPENSE],
        nav=nav,
        shares=issued,
        nav_per_share=ratio(nav, issued, places=per_share_places, rounding=rounding),
        per_share_places=per_share_places,
        rounding=rounding,
        lines=lines,
    ).checked()


def _refuse_unusable(trial_balance: TrialBalanceReport, currency: str) -> None:
    if trial_balance.currency != currency:
        raise NavError(f"The trial balance is in {trial_balance.currency}, the NAV is asked for in {currency}.")
    if not trial_balance.is_balanced:
        raise NavError(
            f"The trial balance does not balance: debits {trial_balance.total_debits}, credits"
            f" {trial_balance.total_credits}."
        )


def _classified(trial_balance: TrialBalanceReport, classification: Classification) -> tuple[NavLine, ...]:
    unknown = sorted({line.account_code for line in trial_balance.lines} - set(classification.classes))
    if unknown:
        raise ClassificationError(f"No class is given for {', '.join(unknown)}; add them to the account classes.")
    lines = []
    for line in trial_balance.lines:
        name = classification.class_of(line.account_code)
        amount = line.balance if name in _DEBIT_CLASSES else difference(ZERO, line.balance)
        lines.append(
            NavLine(account_code=line.account_code, account_name=line.account_name, account_class=name, amount=amount)
        )
    return tuple(lines)


def _total(lines: tuple[NavLine, ...], name: AccountClass) -> Decimal:
    return total(line.amount for line in lines if line.account_class is name)
