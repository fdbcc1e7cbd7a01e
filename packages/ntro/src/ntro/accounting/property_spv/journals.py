"""The month's journals, each balanced and each line with the rows it comes from."""

from decimal import Decimal

from ntro.accounting.amounts import difference, share_of, total
from ntro.accounting.journals import JournalLine, JournalProposal, SourceRef
from ntro.accounting.property_spv import config as roles
from ntro.accounting.property_spv.bank_journals import bank_journals
from ntro.accounting.property_spv.building import journal_line, journal_proposal
from ntro.accounting.property_spv.config import ManagementFee, PropertySpvConfig, PropertySpvError
from ntro.accounting.property_spv.inputs import PeriodInputs, SupplierInvoice


def propose_period_journals(inputs: PeriodInputs, config: PropertySpvConfig) -> list[JournalProposal]:
    """The journals of the month, in posting order; those without a document or entry behind them are left out.

    `rent-accrual`, `operating-expenses`, `management-fee` and `loan-interest` accrue; `rent-receipts`,
    `supplier-payments`, `loan-payment` and `other-bank` follow the bank statement, entry by entry, so that the bank
    account moves exactly as the statement does.

    Raises:
        PropertySpvError: a role has no account, a currency differs, an amount has too many places, or a fee's base is
            missing.
    """
    _refuse_foreign(inputs, config)
    proposals = [_rent_accrual, _operating_expenses, _management_fee, _loan_interest]
    accruals = [proposal for make in proposals if (proposal := make(inputs, config)) is not None]
    return [*accruals, *bank_journals(inputs, config)]


def _rent_accrual(inputs: PeriodInputs, config: PropertySpvConfig) -> JournalProposal | None:
    lines: list[JournalLine] = []
    for row in inputs.rent_roll.rows if inputs.rent_roll else ():
        what = f"Rent {inputs.period}, {row.unit}" + (f", {row.tenant}" if row.tenant else "")
        due = total((row.rent_due, row.tax_due))
        lines += journal_line(config, roles.RENT_RECEIVABLE, what, debit=due, refs=row.source_refs)
        lines += journal_line(config, roles.RENTAL_INCOME, what, credit=row.rent_due, refs=row.source_refs)
        lines += journal_line(config, roles.TAX_OUTPUT, f"Tax on {what}", credit=row.tax_due, refs=row.source_refs)
    return journal_proposal(
        inputs,
        config,
        "rent-accrual",
        "Rent due",
        lines=lines,
        explanation=["Each unit's rent of the rent roll is due."],
    )


def _operating_expenses(inputs: PeriodInputs, config: PropertySpvConfig) -> JournalProposal | None:
    lines: list[JournalLine] = []
    explanation: list[str] = []
    for invoice in inputs.invoices:
        role = config.expense_role(invoice.seller)
        lines += _invoice_lines(invoice, role, config)
        explanation.append(f"{_title(invoice)} of {invoice.seller}: {invoice.gross} as {role}.")
    return journal_proposal(
        inputs, config, "operating-expenses", "Supplier invoices", lines=lines, explanation=explanation
    )


def _invoice_lines(invoice: SupplierInvoice, role: str, config: PropertySpvConfig) -> list[JournalLine]:
    kind = "credit note" if invoice.is_credit else "invoice"
    what = f"{invoice.seller}, {kind} {invoice.number}"
    cost = invoice.net if config.tax_recoverable else invoice.gross
    tax = difference(invoice.gross, cost)
    # A credit note takes back what an invoice put there.
    ours, theirs = ("credit", "debit") if invoice.is_credit else ("debit", "credit")
    refs = invoice.source_refs
    return [
        *journal_line(config, role, what, refs=refs, **{ours: cost}),
        *journal_line(config, roles.TAX_INPUT, f"Tax, {what}", refs=refs, **{ours: tax}),
        *journal_line(config, roles.ACCOUNTS_PAYABLE, what, refs=refs, **{theirs: invoice.gross}),
    ]


def _title(invoice: SupplierInvoice) -> str:
    return f"{'Credit note' if invoice.is_credit else 'Invoice'} {invoice.number}"


def _management_fee(inputs: PeriodInputs, config: PropertySpvConfig) -> JournalProposal | None:
    fee = config.management_fee
    if fee is None:
        return None
    net, reason, refs = _fee(fee, inputs, config)
    tax = share_of(net, fee.tax_rate, places=config.places, rounding=config.rounding)
    gross = total((net, tax))
    cost = net if config.tax_recoverable else gross
    what = f"Management fee {inputs.period}"
    lines = [
        *journal_line(config, roles.FEE_EXPENSE, what, debit=cost, refs=refs),
        *journal_line(config, roles.TAX_INPUT, f"Tax, {what}", debit=difference(gross, cost), refs=refs),
        *journal_line(config, roles.FEE_PAYABLE, what, credit=gross, refs=refs),
    ]
    tax_reason = [f"Tax at {fee.tax_rate}: {tax}."] if tax else []
    return journal_proposal(
        inputs, config, "management-fee", "Management fee", lines=lines, explanation=[reason, *tax_reason]
    )


def _fee(
    fee: ManagementFee, inputs: PeriodInputs, config: PropertySpvConfig
) -> tuple[Decimal, str, tuple[SourceRef, ...]]:
    if fee.base == "fixed":
        amount = fee.amount or Decimal(0)
        return amount, f"A fixed fee of {amount}.", ()
    roll = inputs.rent_roll
    if roll is None:
        raise PropertySpvError(f"The management fee is a share of {fee.base}, but there is no rent roll.")
    base = roll.rent_due if fee.base == "rent_due" else roll.rent_received
    rate = fee.rate or Decimal(0)
    net = share_of(base, rate, places=config.places, rounding=config.rounding)
    refs = tuple(dict.fromkeys(ref for row in roll.rows for ref in row.source_refs))
    return net, f"{rate} of {fee.base} {base}, rounded {config.rounding} to {config.places} places: {net}.", refs


def _loan_interest(inputs: PeriodInputs, config: PropertySpvConfig) -> JournalProposal | None:
    loan = inputs.loan
    if loan is None:
        return None
    what = f"Interest {inputs.period}, {loan.lender}"
    lines = [
        *journal_line(config, roles.LOAN_INTEREST_EXPENSE, what, debit=loan.interest, refs=loan.source_refs),
        *journal_line(config, roles.LOAN_INTEREST_PAYABLE, what, credit=loan.interest, refs=loan.source_refs),
    ]
    return journal_proposal(
        inputs,
        config,
        "loan-interest",
        "Loan interest",
        lines=lines,
        explanation=["Interest as the agreement states it."],
    )


def _refuse_foreign(inputs: PeriodInputs, config: PropertySpvConfig) -> None:
    documents: list[tuple[str, str]] = [(f"Invoice {item.number}", item.currency) for item in inputs.invoices]
    if inputs.bank_statement:
        documents.append(("The bank statement", inputs.bank_statement.currency))
    if inputs.loan:
        documents.append(("The loan agreement", inputs.loan.currency))
    for name, currency in documents:
        if currency.upper() != config.currency:
            raise PropertySpvError(f"{name} is in {currency}, the books in {config.currency}; convert it first.")
