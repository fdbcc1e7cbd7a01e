"""Invoices and credit notes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ntro.capabilities.documents.reading import Extraction, Json, Kind, amount_json, date_json

CREDIT_NOTE_TYPES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
"""Codes of UNTDID 1001 that name a credit note: its positive amounts are owed to the buyer."""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line as the seller wrote it; a line without a net amount is text only.

    `unit_price` is for `price_base` units, for one where that is `None`.
    """

    id: str | None
    description: str | None
    quantity: Decimal | None
    unit: str | None
    unit_price: Decimal | None
    price_base: Decimal | None
    net_amount: Decimal | None
    tax_rate: Decimal | None

    def as_json(self) -> Json:
        """The line; `tax_rate` is in percent."""
        return {
            "line_id": self.id,
            "description": self.description,
            "quantity": amount_json(self.quantity),
            "unit": self.unit,
            "unit_price": amount_json(self.unit_price),
            "price_base": amount_json(self.price_base),
            "net_amount": amount_json(self.net_amount),
            "tax_rate": amount_json(self.tax_rate),
        }


@dataclass(frozen=True, slots=True)
class InvoiceTotals:
    """The totals as stated. `None` where the invoice says nothing."""

    line_total: Decimal | None
    allowance_total: Decimal | None
    charge_total: Decimal | None
    tax_basis: Decimal | None
    tax_total: Decimal | None
    rounding: Decimal | None
    grand_total: Decimal | None
    prepaid: Decimal | None
    due_payable: Decimal | None

    def as_json(self) -> Json:
        """The totals under their own names."""
        return {
            "line_total": amount_json(self.line_total),
            "allowance_total": amount_json(self.allowance_total),
            "charge_total": amount_json(self.charge_total),
            "tax_basis": amount_json(self.tax_basis),
            "tax_total": amount_json(self.tax_total),
            "rounding": amount_json(self.rounding),
            "grand_total": amount_json(self.grand_total),
            "prepaid": amount_json(self.prepaid),
            "due_payable": amount_json(self.due_payable),
        }


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or credit note, signs as written. `is_credit` says that its total is owed to the buyer."""

    number: str | None
    type_code: str | None
    issue_date: date | None
    due_date: date | None
    seller: str | None
    seller_vat: str | None
    buyer: str | None
    currency: str | None
    iban: str | None
    payment_reference: str | None
    profile: str | None
    totals: InvoiceTotals
    lines: tuple[InvoiceLine, ...]
    kind: Kind = "invoice"

    @property
    def is_credit(self) -> bool:
        """Whether the seller owes: a credit note with a positive total, or an invoice with a negative one."""
        total = self.totals.grand_total
        return (self.type_code in CREDIT_NOTE_TYPES) != (total is not None and total < 0)

    def as_json(self) -> Json:
        """Head, totals and lines in one object."""
        return {**self._head(), "lines": [line.as_json() for line in self.lines]}

    def as_extraction(self) -> Extraction:
        """Head and totals as fields, lines as rows."""
        rows = [{"id": f"line-{n}", **line.as_json()} for n, line in enumerate(self.lines, start=1)]
        total = amount_json(self.totals.grand_total) or "no total"
        what = "Credit note" if self.is_credit else "Invoice"
        return Extraction(self._head(), rows, f"{what} {self.number} of {self.seller}: {total} {self.currency}")

    def _head(self) -> Json:
        return {
            "number": self.number,
            "type_code": self.type_code,
            "is_credit": self.is_credit,
            "issue_date": date_json(self.issue_date),
            "due_date": date_json(self.due_date),
            "seller": self.seller,
            "seller_vat": self.seller_vat,
            "buyer": self.buyer,
            "currency": self.currency,
            "iban": self.iban,
            "payment_reference": self.payment_reference,
            "profile": self.profile,
            **self.totals.as_json(),
        }
