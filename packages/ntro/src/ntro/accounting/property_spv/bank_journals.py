"""Journals that follow the bank statement, entry by entry."""

from collections.abc import Iterable, Sequence

from ntro.accounting.journals import JournalLine, JournalProposal
from ntro.accounting.property_spv import config as roles
from ntro.accounting.property_spv.bank import Allocation, allocate, unallocated
from ntro.accounting.property_spv.building import journal_line, journal_proposal
from ntro.accounting.property_spv.config import PropertySpvConfig, PropertySpvError
from ntro.accounting.property_spv.inputs import PeriodInputs

_BANK_JOURNALS = (
    (roles.RENT_RECEIVABLE, "rent-receipts", "Rent received"),
    (roles.ACCOUNTS_PAYABLE, "supplier-payments", "Suppliers paid"),
    (roles.LOAN_PAYMENT, "loan-payment", "Loan served"),
)


def bank_journals(inputs: PeriodInputs, config: PropertySpvConfig) -> Iterable[JournalProposal]:
    """A journal for each purpose that the statement's entries have; together they move the bank as the statement does.

    Raises:
        PropertySpvError: entries need the suspense account and the `gl_map` has none.
    """
    left = list(allocate(inputs, config))
    _refuse_without_suspense(left, config)
    for role, kind, title in _BANK_JOURNALS:
        chosen = [allocation for allocation in left if allocation.role == role]
        left = [allocation for allocation in left if allocation.role != role]
        yield from _bank_journal(inputs, config, kind, title, chosen)
    yield from _bank_journal(inputs, config, "other-bank", "Other bank entries", left)


def _bank_journal(
    inputs: PeriodInputs, config: PropertySpvConfig, kind: str, title: str, allocations: Sequence[Allocation]
) -> list[JournalProposal]:
    lines: list[JournalLine] = []
    explanation: list[str] = []
    for allocation in allocations:
        entry = allocation.entry
        lines += _entry_lines(allocation, inputs, config)
        explanation.append(f"{entry.date} {entry.amount} {entry.text}: {allocation.role}, because {allocation.reason}.")
    proposal = journal_proposal(inputs, config, kind, title, lines=lines, explanation=explanation)
    return [] if proposal is None else [proposal]


def _entry_lines(allocation: Allocation, inputs: PeriodInputs, config: PropertySpvConfig) -> list[JournalLine]:
    entry = allocation.entry
    refs = (*entry.source_refs, *allocation.also)
    what = entry.text or f"Bank entry of {entry.date}"
    amount = entry.amount.copy_abs()
    if entry.amount > 0:
        return [
            *journal_line(config, roles.BANK, what, debit=amount, refs=refs),
            *journal_line(config, allocation.role, what, credit=amount, refs=refs),
        ]
    bank = journal_line(config, roles.BANK, what, credit=amount, refs=refs)
    if allocation.role == roles.LOAN_PAYMENT and inputs.loan is not None:
        interest, principal = inputs.loan.interest, inputs.loan.principal
        return [
            *journal_line(config, roles.LOAN_INTEREST_PAYABLE, f"Interest, {what}", debit=interest, refs=refs),
            *journal_line(config, roles.LOAN_PRINCIPAL, f"Principal, {what}", debit=principal, refs=refs),
            *bank,
        ]
    return [*journal_line(config, allocation.role, what, debit=amount, refs=refs), *bank]


def _refuse_without_suspense(allocations: Sequence[Allocation], config: PropertySpvConfig) -> None:
    if config.has(roles.SUSPENSE):
        return
    if open_ := unallocated(allocations):
        entries = "; ".join(f"{item.entry.date} {item.entry.amount} {item.entry.text}" for item in open_)
        raise PropertySpvError(f"Nothing explains {entries}. Add a bank rule, or an account for 'suspense'.")
