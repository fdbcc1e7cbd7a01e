"""The month's quality checks: the closed books against the documents, with both figures."""

from collections.abc import Sequence
from decimal import Decimal

from ntro.accounting.amounts import difference, total
from ntro.accounting.checks import CheckItem, check, check_journals_balanced, check_trial_balance, compare
from ntro.accounting.journals import JournalEntry
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.property_spv import config as roles
from ntro.accounting.property_spv.bank import allocate, unallocated
from ntro.accounting.property_spv.config import PropertySpvConfig
from ntro.accounting.property_spv.inputs import PeriodInputs


def quality_checks(
    inputs: PeriodInputs,
    config: PropertySpvConfig,
    *,
    opening: TrialBalanceReport,
    journals: Sequence[JournalEntry],
    closing: TrialBalanceReport,
) -> list[CheckItem]:
    """All checks, in reading order. What has nothing to compare is skipped, never passed."""
    return [
        check_journals_balanced(journals),
        check_trial_balance("opening_tb_balanced", "Opening trial balance balances", opening),
        check_trial_balance("closing_tb_balanced", "Closing trial balance balances", closing),
        _movements(opening, journals, closing),
        _statement_adds_up(inputs),
        _bank_opens(inputs, config, opening),
        _bank_reconciles(inputs, config, closing),
        _entries_explained(inputs, config),
        _receipts(inputs, config),
        _arrears(inputs, config, closing),
        _loan_balance(inputs, config, closing),
    ]


def _movements(opening: TrialBalanceReport, journals: Sequence[JournalEntry], closing: TrialBalanceReport) -> CheckItem:
    """Recomputed from the journals, not taken from the posting that it checks."""
    title = "Every account moved by its journal lines"
    posted: dict[str, Decimal] = {}
    for line in (line for journal in journals for line in journal.lines):
        posted[line.account_code] = total(
            (posted.get(line.account_code, Decimal(0)), line.debit, line.credit.copy_negate())
        )
    codes = sorted({line.account_code for line in (*opening.lines, *closing.lines)} | set(posted))
    if not codes:
        return check("account_movements", title, "fail", "There are no accounts.")
    wrong = [
        code
        for code in codes
        if total((opening.balance_of(code), posted.get(code, Decimal(0)))) != closing.balance_of(code)
    ]
    detail = f"Not explained: {', '.join(wrong)}." if wrong else f"{len(codes)} accounts."
    return check(
        "account_movements", title, "fail" if wrong else "pass", detail, accounts=len(codes), unexplained=len(wrong)
    )


def _statement_adds_up(inputs: PeriodInputs) -> CheckItem:
    identity, title = "statement_adds_up", "Bank statement adds up"
    statement = inputs.bank_statement
    if statement is None:
        return _skipped(identity, title, "bank statement")
    expected = total((statement.opening, statement.movement))
    return compare(identity, title, expected=expected, actual=statement.closing)


def _bank_opens(inputs: PeriodInputs, config: PropertySpvConfig, opening: TrialBalanceReport) -> CheckItem:
    identity, title = "bank_opening_agrees", "Bank account opens where the statement does"
    if inputs.bank_statement is None:
        return _skipped(identity, title, "bank statement")
    actual = opening.balance_of(config.account(roles.BANK))
    return compare(identity, title, expected=inputs.bank_statement.opening, actual=actual)


def _bank_reconciles(inputs: PeriodInputs, config: PropertySpvConfig, closing: TrialBalanceReport) -> CheckItem:
    identity, title = "bank_reconciles", "Bank account closes where the statement does"
    if inputs.bank_statement is None:
        return _skipped(identity, title, "bank statement")
    actual = closing.balance_of(config.account(roles.BANK))
    return compare(identity, title, expected=inputs.bank_statement.closing, actual=actual)


def _entries_explained(inputs: PeriodInputs, config: PropertySpvConfig) -> CheckItem:
    identity, title = "bank_entries_explained", "Every bank entry is explained"
    allocations = allocate(inputs, config)
    if not allocations:
        return _skipped(identity, title, "bank entry")
    open_ = unallocated(allocations)
    amount = total(allocation.entry.amount.copy_abs() for allocation in open_)
    reasons = "; ".join(f"{item.entry.date} {item.entry.amount}: {item.reason}" for item in open_)
    return check(
        identity,
        title,
        "fail" if open_ else "pass",
        f"In suspense: {reasons}." if open_ else f"{len(allocations)} entries.",
        entries=len(allocations),
        unexplained=len(open_),
        amount=amount,
    )


def _receipts(inputs: PeriodInputs, config: PropertySpvConfig) -> CheckItem:
    identity, title = "bank_vs_rentroll_reconciles", "Rent received agrees with the bank"
    if inputs.rent_roll is None or inputs.bank_statement is None:
        return _skipped(identity, title, "rent roll" if inputs.rent_roll is None else "bank statement")
    entries = [item.entry for item in allocate(inputs, config) if item.role == roles.RENT_RECEIVABLE]
    banked = total(entry.amount for entry in entries)
    return compare(identity, title, expected=inputs.rent_roll.rent_received, actual=banked, otherwise="warn")


def _arrears(inputs: PeriodInputs, config: PropertySpvConfig, closing: TrialBalanceReport) -> CheckItem:
    identity, title = "arrears_agree", "Arrears of the rent roll agree with the books"
    arrears = inputs.rent_roll.arrears if inputs.rent_roll else None
    if arrears is None:
        return _skipped(identity, title, "rent roll with the arrears of every unit")
    actual = closing.balance_of(config.account(roles.RENT_RECEIVABLE))
    return compare(identity, title, expected=arrears, actual=actual, otherwise="warn")


def _loan_balance(inputs: PeriodInputs, config: PropertySpvConfig, closing: TrialBalanceReport) -> CheckItem:
    identity, title = "loan_balance_agrees", "Loan balance agrees with the agreement"
    balance = inputs.loan.closing_balance if inputs.loan else None
    if balance is None:
        return _skipped(identity, title, "loan balance")
    actual = difference(Decimal(0), closing.balance_of(config.account(roles.LOAN_PRINCIPAL)))
    return compare(identity, title, expected=balance, actual=actual)


def _skipped(identity: str, title: str, missing: str) -> CheckItem:
    return check(identity, title, "skipped", f"There is no {missing} to compare with.")
