"""Ingested documents as the allocation reads them: fields and rows, every amount exact or refused by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from ntro.accounting.amounts import exact_amount

_ROWS = ("transactions", "entries", "line_items", "rows")
_NOT_FIELDS = (*_ROWS, "fields")
_PERIOD_TOTALS = ("management_fee_gross", "repairs_gross", "total_deductions", "net_remittance", "net_bacs_received")


@dataclass(frozen=True, slots=True)
class Document:
    """What was read from one document. `name` is its source and schema, for telling documents apart."""

    name: str = ""
    document_ref: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def of(cls, item: Any) -> Self:
        """The document in `item`: a mapping or object with `extracted_payload` or `payload`, or the payload itself."""

        def read(name: str) -> Any:
            return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)

        payload = read("extracted_payload") or read("payload") or (item if isinstance(item, Mapping) else {})
        rows: Sequence[Mapping[str, Any]] = next((payload[name] for name in _ROWS if payload.get(name)), ())
        top = {name: value for name, value in payload.items() if name not in _NOT_FIELDS}
        name = f"{read('source') or ''} {read('schema_slug') or read('schema') or ''}"
        return cls(name, str(read("document_ref") or ""), {**top, **(payload.get("fields") or {})}, rows)

    @classmethod
    def of_rows(cls, rows: Sequence[Mapping[str, Any]]) -> Self:
        """The rent roll in rows of a ledger, whose first row also carries the totals of the period."""
        totals = {name: rows[0][name] for name in _PERIOD_TOTALS if rows[0].get(name) is not None}
        return cls("rent-roll", "", totals, rows)


def documents_of(ingested: Iterable[Any]) -> list[Document]:
    """Each of `ingested` as a document."""
    return [Document.of(item) for item in ingested]


def first_amount(values: Mapping[str, Any], *names: str) -> Decimal | None:
    """The amount under the first of `names` that has one; `None` where all are absent or blank.

    Raises:
        ValueError: what is there is no exact amount.
    """
    for name in names:
        value = values.get(name)
        if value is not None and not (isinstance(value, str) and not value.strip()):
            return exact_amount(value, name)
    return None


def amount_of(values: Mapping[str, Any], *names: str) -> Decimal:
    """As `first_amount`, for an amount that must be there.

    Raises:
        ValueError: there is none, or it is no exact amount.
    """
    amount = first_amount(values, *names)
    if amount is None:
        raise ValueError(f"A row has no {' or '.join(names)}: {dict(values)}")
    return amount
