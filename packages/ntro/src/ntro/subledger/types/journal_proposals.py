"""Journals that wait for review, one row each."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Self

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError, model_validator

from ntro.accounting.amounts import ZERO, total
from ntro.accounting.models import JournalProposal
from ntro.money import ExactAmount
from ntro.subledger.registry import register_type
from ntro.subledger.row import Row
from ntro.subledger.status import SubledgerStatus
from ntro.types.currencies import CurrencyCode

_EXACT: TypeAdapter[Decimal] = TypeAdapter(ExactAmount)
_SIGNED_OFF = (SubledgerStatus.APPROVED, SubledgerStatus.POSTED)


@register_type("journal_proposals")
class JournalProposalRow(Row):
    """A journal as JSON lines of `account_code`, `description`, `debit`, `credit`, `tax_code`; more keys may be added.

    Unless the row needs attention each line has an account and an amount on exactly one side; an approved or posted
    journal balances.
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

    @model_validator(mode="after")
    def _lines_are_postings(self) -> Self:
        if self.status is SubledgerStatus.NEEDS_ATTENTION:
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
