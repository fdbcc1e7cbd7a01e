"""The opening trial balance of a month, and whether the month may start from it. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from ntro.accounting.amounts import round_amount, total
from ntro.accounting.checks import CheckItem, check, check_trial_balance
from ntro.accounting.classification import AccountClass, Classification
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.property_spv import CommittedDocument, opening_balance

from .configuration import chart_of, classification_of
from .models import NavMonthlyContext, PreviousClose

FOLLOWS = "follows_last_close"
FOLLOWS_TITLE = "Every account opens where it closed"
BALANCE_SHEET = (AccountClass.ASSET, AccountClass.LIABILITY)
RESULT = (AccountClass.INCOME, AccountClass.EXPENSE)


def opening_of(context: NavMonthlyContext, documents: Sequence[CommittedDocument]) -> TrialBalanceReport:
    """The opening trial balance among the documents.

    Raises:
        PropertySpvError: there is none, or more than one.
    """
    return opening_balance(
        documents, entity_slug=context.entity_slug, period=context.period, currency=context.books.currency
    )


def opening_checks(
    context: NavMonthlyContext, opening: TrialBalanceReport, previous: PreviousClose | None
) -> list[CheckItem]:
    """All checks; one that fails refuses the month."""
    known = chart_of(context)
    unknown = sorted({line.account_code for line in opening.lines if not known.has(line.account_code)})
    checks = [
        check_trial_balance("opening_tb_balanced", "Opening trial balance balances", opening),
        check(
            "accounts_known",
            "Every account is in the chart",
            "fail" if unknown else "pass",
            f"Not in the chart: {', '.join(unknown)}." if unknown else f"{len(opening.lines)} accounts.",
        ),
        check_currency(context, opening),
        check_places(context, opening),
    ]
    return [*checks, check_follows(context, opening, previous)]


def check_currency(context: NavMonthlyContext, opening: TrialBalanceReport) -> CheckItem:
    """The trial balance is in the currency of the books."""
    own, found = context.books.currency, opening.currency
    detail = f"The trial balance is in {found}, the books in {own}."
    return check("opening_currency", "Opening trial balance is in the books' currency", passed(own == found), detail)


def check_places(context: NavMonthlyContext, opening: TrialBalanceReport) -> CheckItem:
    """No balance is finer than the books keep."""
    books = context.books
    finer = [
        line.account_code
        for line in opening.lines
        if round_amount(line.balance, places=books.places, rounding=books.rounding) != line.balance
    ]
    detail = f"Finer: {', '.join(finer)}." if finer else f"At most {books.places} decimals."
    return check("opening_places", "Opening balances fit the books' decimals", passed(not finer), detail)


def check_follows(context: NavMonthlyContext, opening: TrialBalanceReport, previous: PreviousClose | None) -> CheckItem:
    """Every account opens where the last close left it; a finished year's result may have gone to equity.

    Where months in between were not closed here there is nothing exact to compare: a warning.
    """
    if previous is None:
        return check(FOLLOWS, FOLLOWS_TITLE, "skipped", "No earlier period was closed here.")
    codes = sorted({line.account_code for line in (*previous.closing.lines, *opening.lines)})
    moved = [code for code in codes if previous.closing.balance_of(code) != opening.balance_of(code)]
    since = f"since {previous.period}"
    if not moved:
        return check(FOLLOWS, FOLLOWS_TITLE, "pass", f"{len(codes)} accounts as {previous.period} closed them.")
    if next_month(previous.period) != context.period:
        detail = f"The last close here is {previous.period}; moved {since}: {', '.join(moved)}."
        return check(FOLLOWS, FOLLOWS_TITLE, "warn", detail)
    if is_year_end(moved, classification_of(context), opening, previous.closing):
        return check(FOLLOWS, FOLLOWS_TITLE, "pass", f"The result of the year went to equity {since}.")
    return check(FOLLOWS, FOLLOWS_TITLE, "fail", f"Moved {since}: {', '.join(moved)}.")


def is_year_end(
    moved: list[str], classes: Classification, opening: TrialBalanceReport, closing: TrialBalanceReport
) -> bool:
    """Whether what moved is the result of a year going to equity: nothing else moved, and income starts at zero."""
    of = classes.classes
    if any(of.get(code) in BALANCE_SHEET or code not in of for code in moved):
        return False
    starts_at_zero = all(line.balance == 0 for line in opening.lines if of.get(line.account_code) in RESULT)
    return starts_at_zero and movement(moved, opening) == movement(moved, closing)


def movement(codes: list[str], balance: TrialBalanceReport) -> Decimal:
    """The balance of several accounts together."""
    return total(balance.balance_of(code) for code in codes)


def next_month(period: str) -> str:
    """The month after a period."""
    year, month = map(int, period.split("-"))
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


def passed(good: bool) -> str:
    """The status of a check that passes or fails."""
    return "pass" if good else "fail"
