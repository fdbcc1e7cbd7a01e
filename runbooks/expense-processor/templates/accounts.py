"""Which account an expense is for, and the journal that it becomes. Pure."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from ntro.accounting.amounts import ZERO, difference
from ntro.accounting.journals import JournalLine, JournalProposal, SourceRef

from .models import ExpenseProcessorContext, ReviewRow

ACCOUNTS_PAYABLE = "accounts_payable"
TAX_INPUT = "vat_input"
OPERATING_EXPENSES = "operating_expenses"


def accounts_of(context: ExpenseProcessorContext) -> Mapping[str, str]:
    """The account of each category, by its name in lower case: the roles of supplier rules, then what is configured."""
    roles = {rule.role for rule in context.books.supplier_rules} | {OPERATING_EXPENSES}
    found = {role: code for role, code in context.books.gl_map.items() if role in roles} | context.expense_accounts
    return {name.strip().casefold(): code.strip() for name, code in found.items() if code.strip()}


def account_of(category: str | None, context: ExpenseProcessorContext) -> str | None:
    """The account of a category, where it has one."""
    return accounts_of(context).get((category or "").strip().casefold())


def category_of(vendor: str | None, context: ExpenseProcessorContext) -> str | None:
    """The category of a vendor by the first supplier rule that fits; without one a person chooses."""
    name = (vendor or "").casefold()
    return next((rule.role for rule in context.books.supplier_rules if name and rule.contains.casefold() in name), None)


def open_points(row: ReviewRow, context: ExpenseProcessorContext) -> list[str]:
    """Why a row that waits for approval cannot be posted."""
    found = []
    if row.currency != context.books.currency:
        found.append(f"it is in {row.currency}, the books are in {context.books.currency}")
    account = account_of(row.category, context)
    if account is None:
        choices = ", ".join(accounts_of(context)) or "none is configured"
        found.append(f"{row.category or 'no category'} has no account; choose one of: {choices}")
    roles = roles_needed(row, context)
    found += [f"books.gl_map has no account for {role}" for role, code in roles.items() if not code]
    charted = {entry.code for entry in context.chart}
    posted = [code for code in (account, *roles.values()) if code]
    return [*found, *(f"account {code} is not in the chart" for code in posted if charted and code not in charted)]


def roles_needed(row: ReviewRow, context: ExpenseProcessorContext) -> dict[str, str]:
    """The accounts that the journal posts to beside that of the category; empty text where there is none."""
    roles = [ACCOUNTS_PAYABLE, *([TAX_INPUT] if recoverable_tax(row, context) else [])]
    return {role: context.books.gl_map.get(role, "").strip() for role in roles}


def recoverable_tax(row: ReviewRow, context: ExpenseProcessorContext) -> bool:
    """Whether the tax of a row is claimed back, and no part of its cost."""
    return context.books.tax_recoverable and bool(row.vat_amount)


def journal_of(row: ReviewRow, context: ExpenseProcessorContext) -> JournalProposal:
    """The journal of an approved row: cost, tax where it is recoverable, and what is owed.

    Raises:
        ValueError: something is open about the row.
    """
    if found := open_points(row, context):
        raise ValueError(f"Expense {row.id} cannot be posted: {'; '.join(found)}.")
    assert row.amount_gross is not None
    roles = roles_needed(row, context)
    tax = row.vat_amount if row.vat_amount and TAX_INPUT in roles else ZERO
    refs = (SourceRef(document_ref=row.source_ref or f"row:{row.id}"),)
    what = f"{row.vendor}, {row.notes}" if row.notes else str(row.vendor)
    sides = [
        (account_of(row.category, context), "debit", difference(row.amount_gross, tax), what),
        (roles.get(TAX_INPUT), "debit", tax, f"Tax, {what}"),
        (roles[ACCOUNTS_PAYABLE], "credit", row.amount_gross, what),
    ]
    return JournalProposal(
        entity_slug=context.entity_slug,
        period=context.period,
        description=f"Expense: {what}",
        posting_date=posting_date(row, context.period),
        currency=row.currency,
        kind="expense",
        lines=[
            JournalLine.model_validate({"account_code": code, "description": text, side: amount, "source_refs": refs})
            for code, side, amount, text in sides
            if amount > ZERO
        ],
    )


def posting_date(row: ReviewRow, period: str) -> date:
    """The day of the expense where it lies in the period, else the period's last."""
    year, month = map(int, period.split("-"))
    if row.expense_date is not None and is_of(row.expense_date, period):
        return row.expense_date
    return date(year, month, monthrange(year, month)[1])


def is_of(day: date, period: str) -> bool:
    """Whether a day lies in a period."""
    return day.isoformat()[:7] == period
