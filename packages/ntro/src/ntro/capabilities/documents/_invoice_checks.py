"""Arithmetic and completeness of an invoice, after EN 16931: BR-CO-10 to BR-CO-16."""

from decimal import Decimal

from ntro.capabilities.documents.invoice import Invoice
from ntro.capabilities.documents.reading import IssueLog
from ntro.money import EXACT, exact_text


def check_invoice(invoice: Invoice, issues: IssueLog) -> None:
    """Note in `issues` what is missing, negative or does not add up."""
    for name, value in (
        ("number", invoice.number),
        ("type_code", invoice.type_code),
        ("issue_date", invoice.issue_date),
        ("seller", invoice.seller),
        ("currency", invoice.currency),
        ("grand_total", invoice.totals.grand_total),
    ):
        if value is None:
            issues.add(f"missing_{name}", f"the invoice states no {name.replace('_', ' ')}", name)
    _check_signs(invoice, issues)
    _check_sums(invoice, issues)


def _check_signs(invoice: Invoice, issues: IssueLog) -> None:
    totals = invoice.totals
    if totals.grand_total is not None and totals.grand_total < 0:
        issues.add(
            "negative_total", f"the total is {exact_text(totals.grand_total)}: book it as a credit", "grand_total"
        )
    if totals.due_payable is not None and totals.due_payable < 0:
        issues.add(
            "negative_due", f"the amount due is {exact_text(totals.due_payable)}: the seller owes it", "due_payable"
        )


def _check_sums(invoice: Invoice, issues: IssueLog) -> None:
    totals = invoice.totals
    nets = [line.net_amount for line in invoice.lines if line.net_amount is not None]
    if nets:
        _compare("line_total", totals.line_total, _sum(*nets), "the lines", issues)
    if totals.line_total is not None:
        basis = _sum(totals.line_total, _minus(totals.allowance_total), totals.charge_total)
        _compare("tax_basis", totals.tax_basis, basis, "line total, allowances and charges", issues)
    if totals.tax_basis is not None and totals.tax_total is not None:
        gross = _sum(totals.tax_basis, totals.tax_total)
        _compare("grand_total", totals.grand_total, gross, "tax basis and tax", issues)
    if totals.grand_total is not None and totals.line_total is not None:  # the MINIMUM profile leaves out prepayments
        due = _sum(totals.grand_total, _minus(totals.prepaid), totals.rounding)
        _compare("due_payable", totals.due_payable, due, "grand total, prepaid amount and rounding", issues)


def _compare(name: str, stated: Decimal | None, computed: Decimal, of: str, issues: IssueLog) -> None:
    if stated is not None and stated != computed:
        words = name.replace("_", " ")
        issues.add("totals_differ", f"{words} is {exact_text(stated)}, but {of} give {exact_text(computed)}", name)


def _minus(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.copy_negate()


def _sum(*amounts: Decimal | None) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = total if amount is None else EXACT.add(total, amount)
    return total
