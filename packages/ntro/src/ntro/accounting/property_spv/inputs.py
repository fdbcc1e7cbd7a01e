"""What a month's documents say, typed. Amounts are exact; each row knows the document and row that it was read from."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from ntro.accounting.amounts import ZERO, UnsignedAmount, total
from ntro.accounting.journals import SourceRef
from ntro.money import ExactAmount
from ntro.types.accounting import Period


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class _Row(_Input):
    source_ref: SourceRef | None = None

    @property
    def source_refs(self) -> tuple[SourceRef, ...]:
        return (self.source_ref,) if self.source_ref else ()


class RentRow(_Row):
    """One unit's rent of the month. `rent_due` is without tax; `arrears` is what is owed when the month ends."""

    unit: str = Field(min_length=1)
    tenant: str = Field(default="", validation_alias=AliasChoices("tenant", "tenant_name"))
    rent_due: UnsignedAmount = Field(validation_alias=AliasChoices("rent_due", "monthly_rent"))
    tax_due: UnsignedAmount = ZERO
    rent_received: UnsignedAmount = Field(validation_alias=AliasChoices("rent_received", "received"))
    arrears: ExactAmount | None = Field(default=None, validation_alias=AliasChoices("arrears", "closing_arrears"))


class RentRoll(_Input):
    """The rent roll of one month."""

    rows: tuple[RentRow, ...] = Field(min_length=1)

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any], document_ref: str) -> Self:
        """The rent roll in a reader's payload (`rows` or `line_items`); rows are numbered from 1."""
        return cls.model_validate({"rows": _with_refs(payload, ("rows", "line_items"), document_ref)})

    @property
    def rent_due(self) -> Decimal:
        return total(row.rent_due for row in self.rows)

    @property
    def rent_received(self) -> Decimal:
        return total(row.rent_received for row in self.rows)

    @property
    def arrears(self) -> Decimal | None:
        """What all units owe; `None` where the roll does not say it for each of them."""
        known = [row.arrears for row in self.rows if row.arrears is not None]
        return total(known) if len(known) == len(self.rows) else None


class BankEntry(_Row):
    """One entry of a statement: above zero came in, below zero went out."""

    date: date
    amount: ExactAmount
    reference: str = ""
    counterparty: str = ""

    @property
    def text(self) -> str:
        """All words of the entry, for rules that look for one."""
        return f"{self.counterparty} {self.reference}".strip()


class BankStatement(_Input):
    """The statement of one account for one month."""

    account: str = ""
    currency: str
    opening: ExactAmount
    closing: ExactAmount
    entries: tuple[BankEntry, ...] = ()

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any], document_ref: str) -> Self:
        """The statement in a reader's payload (`entries` or `transactions`); entries are numbered from 1."""
        rows = _with_refs(payload, ("entries", "transactions"), document_ref)
        return cls.model_validate({**payload, "entries": rows})

    @property
    def movement(self) -> Decimal:
        return total(entry.amount for entry in self.entries)

    @property
    def reconciles(self) -> bool:
        """Whether opening balance and entries give the closing balance."""
        return total((self.opening, self.movement)) == self.closing


class SupplierInvoice(_Row):
    """A supplier's invoice or credit note of the month. `is_credit` says that the supplier owes the amounts."""

    number: str = Field(min_length=1)
    seller: str = Field(min_length=1)
    issue_date: date
    currency: str
    net: UnsignedAmount = Field(validation_alias=AliasChoices("net", "tax_basis"))
    tax: UnsignedAmount = Field(default=ZERO, validation_alias=AliasChoices("tax", "tax_total"))
    gross: UnsignedAmount = Field(validation_alias=AliasChoices("gross", "grand_total"))
    is_credit: bool = False

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any], document_ref: str) -> Self:
        """The invoice in a reader's payload."""
        ref = SourceRef(document_ref=document_ref, row=str(payload.get("number") or "") or None)
        return cls.model_validate({**payload, "source_ref": ref})

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if total((self.net, self.tax)) != self.gross:
            raise ValueError(f"invoice {self.number}: net {self.net} and tax {self.tax} do not give {self.gross}")
        return self


class LoanMonth(_Row):
    """What a loan agreement asks for in the month. Both parts are stated by the agreement, never estimated."""

    lender: str = Field(min_length=1)
    reference: str = ""
    currency: str
    interest: UnsignedAmount = Field(validation_alias=AliasChoices("interest", "monthly_interest", "interest_portion"))
    principal: UnsignedAmount = Field(
        validation_alias=AliasChoices("principal", "monthly_principal", "principal_portion")
    )
    closing_balance: UnsignedAmount | None = None

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any], document_ref: str) -> Self:
        """The month's figures in a reader's payload, at its top or under `fields`."""
        flat = {**payload, **(payload.get("fields") or {})}
        return cls.model_validate({**flat, "source_ref": SourceRef(document_ref=document_ref)})

    @property
    def payment(self) -> Decimal:
        return total((self.interest, self.principal))


class PeriodInputs(_Input):
    """The documents of one entity's month; what is missing is `None` or empty, and checks on it are skipped."""

    entity_slug: str = Field(min_length=1)
    period: Period
    posting_date: date
    rent_roll: RentRoll | None = None
    bank_statement: BankStatement | None = None
    invoices: tuple[SupplierInvoice, ...] = ()
    loan: LoanMonth | None = None

    @model_validator(mode="after")
    def _each_invoice_once(self) -> Self:
        keys = [(invoice.seller.casefold(), invoice.number.casefold()) for invoice in self.invoices]
        twice = sorted({number for seller, number in keys if keys.count((seller, number)) > 1})
        if twice:
            raise ValueError(f"invoice {', '.join(twice)} is there more than once; leave one of each")
        return self


def _with_refs(payload: Mapping[str, Any], names: tuple[str, ...], document_ref: str) -> list[dict[str, Any]]:
    rows: list[Mapping[str, Any]] = next((payload[name] for name in names if payload.get(name)), [])
    return [
        {"source_ref": SourceRef(document_ref=document_ref, row=str(row.get("id") or number)), **row}
        for number, row in enumerate(rows, start=1)
    ]
