"""What each bank entry is for. An entry that nothing explains goes to suspense, where a person must see it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ntro.accounting.amounts import total
from ntro.accounting.journals import SourceRef
from ntro.accounting.property_spv.config import (
    ACCOUNTS_PAYABLE,
    LOAN_PAYMENT,
    RENT_RECEIVABLE,
    SUSPENSE,
    PropertySpvConfig,
)
from ntro.accounting.property_spv.inputs import BankEntry, PeriodInputs, RentRow, SupplierInvoice

# A shorter name would be found inside other words.
_MIN_NAME = 4
_PAID_ONCE = (ACCOUNTS_PAYABLE, LOAN_PAYMENT)


@dataclass(frozen=True, slots=True)
class Allocation:
    """A bank entry, the role it is for, why, and the other documents that say so."""

    entry: BankEntry
    role: str
    reason: str
    also: tuple[SourceRef, ...] = ()


def allocate(inputs: PeriodInputs, config: PropertySpvConfig) -> tuple[Allocation, ...]:
    """The allocation of every entry of the statement, in its order; zero entries are left out."""
    entries = inputs.bank_statement.entries if inputs.bank_statement else ()
    return tuple(_once(_allocate(entry, inputs, config) for entry in entries if entry.amount != 0))


def unallocated(allocations: Iterable[Allocation]) -> list[Allocation]:
    """Those that went to suspense."""
    return [allocation for allocation in allocations if allocation.role == SUSPENSE]


def _allocate(entry: BankEntry, inputs: PeriodInputs, config: PropertySpvConfig) -> Allocation:
    for rule in config.bank_rules:
        if rule.matches(entry.text, entry.amount):
            return _by_rule(entry, rule.role, f"its text contains {rule.contains!r}", inputs)
    if entry.amount > 0 and (rows := _tenants_named(entry, inputs.rent_roll.rows if inputs.rent_roll else ())):
        units = ", ".join(row.unit for row in rows)
        refs = tuple(ref for row in rows for ref in row.source_refs)
        return Allocation(entry, RENT_RECEIVABLE, f"it names the tenant of {units}", refs)
    if invoice := _invoice_named(entry, inputs.invoices):
        kind = "credit note" if invoice.is_credit else "invoice"
        return Allocation(entry, ACCOUNTS_PAYABLE, f"it names {kind} {invoice.number}", invoice.source_refs)
    loan = inputs.loan
    if loan and entry.amount < 0 and _names(entry, loan.reference):
        return _by_rule(entry, LOAN_PAYMENT, "it names the loan", inputs)
    return Allocation(entry, SUSPENSE, "no rule, tenant, invoice or loan explains it")


def _once(allocations: Iterable[Allocation]) -> Iterator[Allocation]:
    """An invoice or a loan is paid once a month; whoever is paid again must be seen by a person."""
    paid: set[tuple[str, tuple[SourceRef, ...]]] = set()
    for allocation in allocations:
        key = (allocation.role, allocation.also)
        if allocation.role in _PAID_ONCE and allocation.also and key in paid:
            yield Allocation(allocation.entry, SUSPENSE, f"{allocation.reason}, which is paid already", allocation.also)
        else:
            paid.add(key)
            yield allocation


def _by_rule(entry: BankEntry, role: str, reason: str, inputs: PeriodInputs) -> Allocation:
    if role != LOAN_PAYMENT:
        return Allocation(entry, role, reason, _evidence(entry, role, inputs))
    if inputs.loan is None:
        return Allocation(entry, SUSPENSE, "it serves a loan, but there is no loan agreement")
    off = total((entry.amount, inputs.loan.payment))
    if off != 0:
        return Allocation(
            entry, SUSPENSE, f"it serves the loan, but the agreement asks for {inputs.loan.payment}: {off} off"
        )
    return Allocation(entry, LOAN_PAYMENT, reason, inputs.loan.source_refs)


def _evidence(entry: BankEntry, role: str, inputs: PeriodInputs) -> tuple[SourceRef, ...]:
    """The invoice or rent rows that an entry of `role` names, for its lineage."""
    if role == ACCOUNTS_PAYABLE:
        invoice = _invoice_named(entry, inputs.invoices)
        return invoice.source_refs if invoice else ()
    if role == RENT_RECEIVABLE and inputs.rent_roll:
        return tuple(ref for row in _tenants_named(entry, inputs.rent_roll.rows) for ref in row.source_refs)
    return ()


def _tenants_named(entry: BankEntry, rows: Sequence[RentRow]) -> list[RentRow]:
    return [row for row in rows if _names(entry, row.tenant)]


def _invoice_named(entry: BankEntry, invoices: Sequence[SupplierInvoice]) -> SupplierInvoice | None:
    """The one invoice that an entry pays, or the credit note that it pays back."""
    paid = entry.amount.copy_abs()
    fitting = [item for item in invoices if item.gross == paid and item.is_credit == (entry.amount > 0)]
    named = [item for item in fitting if _names(entry, item.number)]
    return named[0] if len(named) == 1 else None


def _names(entry: BankEntry, name: str) -> bool:
    wanted = name.strip().casefold()
    return len(wanted) >= _MIN_NAME and wanted in entry.text.casefold()
