"""Bank statements: accounts, balances, entries, and whether they agree."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from ntro.capabilities.documents.reading import Extraction, Json, Kind, amount_json, date_json


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance as the bank states it. `code` is the format's own: `OPBD`, `60F`, `LEDGERBAL`."""

    code: str
    amount: Decimal | None
    currency: str | None
    day: date | None

    def as_json(self) -> Json:
        """`{"code", "amount", "currency", "date"}`."""
        return {
            "code": self.code,
            "amount": amount_json(self.amount),
            "currency": self.currency,
            "date": date_json(self.day),
        }


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One movement. Money in is positive. `None` stands where the file says nothing or nothing readable."""

    day: date | None
    amount: Decimal | None
    currency: str | None
    reference: str | None
    description: str | None
    where: str
    value_date: date | None = None
    booking_date: date | None = None
    bank_reference: str | None = None
    counterparty: str | None = None
    status: Literal["booked", "pending", "information"] = "booked"
    is_reversal: bool = False

    def as_json(self) -> Json:
        """The entry with its place in the file."""
        return {
            "date": date_json(self.day),
            "amount": amount_json(self.amount),
            "currency": self.currency,
            "reference": self.reference,
            "description": self.description,
            "value_date": date_json(self.value_date),
            "booking_date": date_json(self.booking_date),
            "bank_reference": self.bank_reference,
            "counterparty": self.counterparty,
            "status": self.status,
            "is_reversal": self.is_reversal,
            "where": self.where,
        }


@dataclass(frozen=True, slots=True)
class InvestmentTrade:
    """A security bought, sold or paid out in an investment account. `total` is its effect on cash."""

    type: str
    day: date | None
    reference: str | None
    security: str | None
    units: Decimal | None
    unit_price: Decimal | None
    total: Decimal | None
    currency: str | None
    where: str

    def as_json(self) -> Json:
        """The trade with its place in the file."""
        return {
            "type": self.type,
            "date": date_json(self.day),
            "reference": self.reference,
            "security": self.security,
            "units": amount_json(self.units),
            "unit_price": amount_json(self.unit_price),
            "total": amount_json(self.total),
            "currency": self.currency,
            "where": self.where,
        }


@dataclass(frozen=True, slots=True)
class BankStatement:
    """One statement of one account. `reconciles` is `None` where opening or closing balance is not stated."""

    account: str | None
    currency: str | None
    opening: Balance | None
    closing: Balance | None
    entries: tuple[BankEntry, ...]
    reconciles: bool | None
    difference: Decimal | None = None
    number: str | None = None
    balances: tuple[Balance, ...] = ()
    trades: tuple[InvestmentTrade, ...] = ()

    def as_json(self) -> Json:
        """The statement; `difference` is closing less opening less entries."""
        return {
            "account": self.account,
            "currency": self.currency,
            "number": self.number,
            "opening": amount_json(self.opening.amount) if self.opening else None,
            "opening_date": date_json(self.opening.day) if self.opening else None,
            "closing": amount_json(self.closing.amount) if self.closing else None,
            "closing_date": date_json(self.closing.day) if self.closing else None,
            "entries": [entry.as_json() for entry in self.entries],
            "trades": [trade.as_json() for trade in self.trades],
            "balances": [balance.as_json() for balance in self.balances],
            "reconciles": self.reconciles,
            "difference": amount_json(self.difference),
        }


@dataclass(frozen=True, slots=True)
class BankStatements:
    """All statements of a file, and accounts that it only lists."""

    statements: tuple[BankStatement, ...]
    listed_accounts: tuple[str, ...] = ()
    kind: Kind = "bank_statement"

    def as_json(self) -> Json:
        """`{"statements", "listed_accounts"}`."""
        return {
            "statements": [statement.as_json() for statement in self.statements],
            "listed_accounts": list(self.listed_accounts),
        }

    def as_extraction(self) -> Extraction:
        """Entries of all statements as rows; the balances of each statement among the fields."""
        rows: list[Json] = []
        heads: list[Json] = []
        for number, statement in enumerate(self.statements, start=1):
            head = statement.as_json()
            head.pop("entries")
            heads.append(head)
            for position, entry in enumerate(statement.entries, start=1):
                row: Json = {"id": f"entry-{number}-{position}", "account": statement.account, "statement": number}
                rows.append(row | entry.as_json())
        fields: Json = {"statements": heads, "listed_accounts": list(self.listed_accounts)}
        if len(self.statements) == 1:
            fields |= {key: heads[0][key] for key in _SINGLE_FIELDS}
        return Extraction(fields, rows, f"{len(self.statements)} bank statements with {len(rows)} entries")


_SINGLE_FIELDS = ("account", "currency", "opening", "opening_date", "closing", "closing_date", "reconciles")
