"""Journals that wait for review, one row each."""

import hashlib
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError, model_validator

from ntro.accounting.amounts import ZERO, total
from ntro.accounting.models import JournalProposal
from ntro.money import ExactAmount
from ntro.subledger import proposals
from ntro.subledger.registry import register_type
from ntro.subledger.row import Row
from ntro.subledger.status import LOOSE, SubledgerStatus
from ntro.types.currencies import CurrencyCode

_EXACT: TypeAdapter[Decimal] = TypeAdapter(ExactAmount)
_SIGNED_OFF = (SubledgerStatus.APPROVED, SubledgerStatus.POSTED)


@register_type("journal_proposals")
class JournalProposalRow(Row):
    """A journal as JSON lines of `account_code`, `description`, `debit`, `credit`, `tax_code`; more keys may be added.

    Unless the row needs attention or was left out, each line has an account and an amount on exactly one side; an
    approved or posted journal balances.
    """

    description: str | None = None
    posting_date: date | None = None
    currency: CurrencyCode | None = None
    lines: list[dict[str, Any]] = Field(default_factory=list)
    approved_at: AwareDatetime | None = None
    posted_to_gl: bool = False
    posted_journal_ref: str | None = None

    @classmethod
    def fields_of(cls, proposal: JournalProposal) -> dict[str, Any]:
        """The fields of a row for `proposal`, to give to a handle's `row`."""
        return {
            "period": proposal.period,
            "description": proposal.description,
            "posting_date": proposal.posting_date,
            "currency": proposal.currency,
            "lines": [line.model_dump(mode="json") for line in proposal.lines],
        }

    @classmethod
    def propose_for_gl(cls, rows: Sequence["JournalProposalRow"], *, task_id: UUID | str) -> proposals.JournalProposal:
        """One journal entry of the lines of approved `rows`.

        It is posted at midnight UTC of the first row's posting date, else of the last day of that row's period.

        Raises:
            ValueError: there are no rows, one is not approved, or they are of several currencies.
        """
        if not rows:
            raise ValueError("There are no journals to propose.")
        waiting = [str(row.id) for row in rows if row.status is not SubledgerStatus.APPROVED]
        if waiting:
            raise ValueError(f"These journals are not approved: {', '.join(waiting)}.")
        currencies = {row.currency for row in rows}
        if len(currencies) > 1:
            named = ", ".join(sorted(str(currency) for currency in currencies))
            raise ValueError(f"Journals in {named} cannot be one entry; propose them by currency.")
        return proposals.JournalProposal(
            source_row_ids=[row.id for row in rows],
            subledger_type="journal_proposals",
            idempotency_key=_key(rows, task_id),
            memo=rows[0].description,
            posted_at=datetime.combine(rows[0].posting_date or _last_day(rows[0].period), time(), UTC),
            currency=rows[0].currency,
            line_items=[_item(number, line) for row in rows for number, line in enumerate(row.lines, start=1)],
        )

    @model_validator(mode="after")
    def _lines_are_postings(self) -> Self:
        if self.status in LOOSE:
            return self
        if not self.lines:
            raise ValueError("a journal has at least one line")
        sides = [_sides(number, line) for number, line in enumerate(self.lines, start=1)]
        debits, credits_ = total(debit for debit, _ in sides), total(credit for _, credit in sides)
        if self.status in _SIGNED_OFF and debits != credits_:
            raise ValueError(f"the journal does not balance: debits {debits}, credits {credits_}")
        return self


def _sides(number: int, line: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    if not str(line.get("account_code") or "").strip():
        raise ValueError(f"line {number} has no account code")
    debit, credit = (_amount(line.get(side), f"{side} of line {number}") for side in ("debit", "credit"))
    if debit < 0 or credit < 0 or (debit > 0) == (credit > 0):
        raise ValueError(f"line {number} needs an amount above zero on exactly one side")
    return debit, credit


def _amount(value: Any, what: str) -> Decimal:
    if value is None or value == "":
        return ZERO
    try:
        return _EXACT.validate_python(value)
    except ValidationError:
        raise ValueError(f"the {what} is {value!r}; give a string of plain digits") from None


def _key(rows: Sequence[JournalProposalRow], task_id: UUID | str) -> str:
    """The key of the first row; of several rows, with a digest of them all."""
    ids = sorted(str(row.id) for row in rows)
    digest = hashlib.sha256("|".join(ids).encode()).hexdigest()[:16] if len(ids) > 1 else ""
    return proposals.make_idempotency_key(
        subledger_type="journal_proposals", task_id=task_id, row_id=rows[0].id, suffix=digest
    )


def _item(number: int, line: Mapping[str, Any]) -> proposals.JournalItemLine:
    debit, credit = _sides(number, line)
    tax_code = str(line.get("tax_code") or "").strip()
    return proposals.JournalItemLine(
        type="Debit" if debit > 0 else "Credit",
        description=line.get("description"),
        total_amount=debit or credit,
        ledger_account=proposals.LedgerAccountRef(nominal_code=str(line["account_code"]).strip()),
        tax_rate=proposals.TaxRateRef(code=tax_code) if tax_code else None,
    )


def _last_day(period: str) -> date:
    year, month = map(int, period.split("-"))
    return date(year, month, monthrange(year, month)[1])
