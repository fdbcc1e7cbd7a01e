"""The rules of duplicates: the same bytes again, and the same invoice in other bytes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from ntro_tenant.observer.observations import Happening, Observation

SAME_BYTES = "duplicate_bytes"
SAME_INVOICE = "duplicate_invoice"
INVOICES = ("extraction.completed", "document.parsed")
"""Events that tell what a document says."""

_NUMBER = ("invoice_number", "invoice_no", "document_number", "number")
_AMOUNT = ("total", "total_amount", "amount", "gross", "amount_gross", "total_gross", "total_payable", "amount_payable")
_SELLER = ("seller", "seller_name", "vendor", "vendor_name", "supplier", "supplier_name", "issuer")


@dataclass(frozen=True, slots=True)
class Submitted:
    """A document that was submitted earlier."""

    id: UUID
    task_id: str | None
    source: str
    filename: str
    uploaded_at: datetime


def same_bytes(event: Happening, earlier: Sequence[Submitted]) -> Observation | None:
    """Notes an upload whose bytes were submitted before."""
    if not earlier:
        return None
    first = earlier[0]
    return Observation(
        rule=SAME_BYTES,
        key=str(event.seq),
        message=f"The same file was submitted before, as {first.filename} on {first.uploaded_at:%d %B %Y}",
        evidence={
            "document_id": event.payload.get("document_id"),
            "sha256": event.payload.get("sha256"),
            "earlier": [
                {"document_id": str(one.id), "task_id": one.task_id, "source": one.source, "filename": one.filename}
                for one in earlier
            ],
        },
    )


def same_invoice(event: Happening, earlier: Sequence[Happening]) -> Observation | None:
    """Notes a document that names the number, amount and seller that another document named before."""
    found = invoice_of(event.said)
    if found is None:
        return None
    mine = document_of(event)
    again = [one for one in earlier if invoice_of(one.said) == found and document_of(one) != mine]
    if not again:
        return None
    number, amount, seller = found
    return Observation(
        rule=SAME_INVOICE,
        key=str(event.seq),
        message=f"Invoice {number} of {seller} over {amount} was read before, from another document",
        evidence={
            "number": number,
            "amount": amount,
            "seller": seller,
            "earlier": [{"event": one.seq, "task_id": str(one.task_id), "period": one.period} for one in again],
        },
    )


def invoice_of(said: dict[str, Any]) -> tuple[str, str, str] | None:
    """Number, amount and seller of the invoice that was read, in one spelling; none where one of them is missing."""
    fields = said.get("fields")
    if not isinstance(fields, dict):
        return None
    number, amount, seller = (_first(fields, names) for names in (_NUMBER, _AMOUNT, _SELLER))
    if number is None or amount is None or seller is None:
        return None
    return number.casefold(), _plain(amount), " ".join(seller.casefold().split())


def document_of(event: Happening) -> str:
    """Which bytes were read: a correction is told as another reading of the same ones."""
    answer = event.said.get("raw_response")
    asked = answer.get("prompt_sha256") if isinstance(answer, dict) else None
    return str(event.said.get("sha256") or asked or event.run_id)


def _first(fields: dict[str, Any], names: Sequence[str]) -> str | None:
    values = (fields.get(name) for name in names)
    return next((str(value).strip() for value in values if isinstance(value, str | int) and str(value).strip()), None)


def _plain(amount: str) -> str:
    try:
        number = Decimal(amount)
    except InvalidOperation:
        return amount
    return f"{number.normalize():f}" if number.is_finite() and abs(number.adjusted()) < 40 else amount
