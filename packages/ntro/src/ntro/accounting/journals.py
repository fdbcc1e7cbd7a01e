"""Journals: lines on one side each, entries of lines, proposals that a person corrects and approves."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from ntro.accounting.amounts import ZERO, UnsignedAmount, exact_amount, total
from ntro.events import ObservableResult

AccountCode = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_CORRECTABLE = ("account_code", "description", "debit", "credit", "tax_code")
# A spreadsheet runs text that begins with one of these.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class CorrectionError(ValueError):
    """A correction does not fit the journal: no such line or field, a wrong value, or it unbalances the journal."""

    code = "correction_invalid"


class TaxCode(StrEnum):
    """How tax is contained in a journal line."""

    VAT_20_INCLUSIVE = "VAT_20_INCLUSIVE"
    VAT_20_EXCLUSIVE = "VAT_20_EXCLUSIVE"
    VAT_REVERSE = "VAT_REVERSE"
    NO_VAT = "NO_VAT"


class SourceRef(BaseModel):
    """Where a figure comes from: a document, and the row or line in it."""

    model_config = ConfigDict(frozen=True)

    document_ref: str
    row: str | None = None


class JournalLine(BaseModel):
    """One posting: an amount above zero on exactly one side of an account."""

    model_config = ConfigDict(frozen=True)

    account_code: AccountCode
    description: str = ""
    debit: UnsignedAmount = ZERO
    credit: UnsignedAmount = ZERO
    tax_code: TaxCode | None = None
    source_refs: tuple[SourceRef, ...] = ()

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.debit > 0) == (self.credit > 0):
            raise ValueError("a journal line has an amount on exactly one side, debit or credit")
        return self

    @property
    def side(self) -> Literal["Dr", "Cr"]:
        return "Dr" if self.debit > 0 else "Cr"

    @property
    def amount(self) -> Decimal:
        return self.debit or self.credit


class JournalLineCorrection(BaseModel):
    """A new value for one field of one line; `line_index` counts from 0. A blank amount means none."""

    line_index: int
    field: str
    new_value: Any = None


class JournalEntry(BaseModel):
    """Lines that are posted together. `currency` of `None` is that of the books."""

    entity_slug: str
    period: str
    description: str = ""
    posting_date: date | None = None
    currency: str | None = None
    lines: list[JournalLine] = Field(default_factory=list)

    @property
    def total_dr(self) -> Decimal:
        return total(line.debit for line in self.lines)

    @property
    def total_cr(self) -> Decimal:
        return total(line.credit for line in self.lines)

    @property
    def is_balanced(self) -> bool:
        """Whether debits equal credits to the last digit; a journal without lines does not balance."""
        return bool(self.lines) and self.total_dr == self.total_cr


class JournalProposal(JournalEntry, ObservableResult):
    """A journal that waits for a person. `kind` names the rule that made it, `explanation` says how, line by line."""

    class ObserverMeta(ObservableResult.ObserverMeta):
        """The event that a proposal is."""

        event_type: str = "journal_proposal.emitted"

    record_id: str = ""
    status: Literal["draft", "approved", "superseded"] = "draft"
    kind: str = ""
    explanation: list[str] = Field(default_factory=list)

    def with_corrections(self, corrections: Sequence[JournalLineCorrection]) -> "JournalProposal":
        """A draft with all `corrections` applied together, checked as a whole.

        Raises:
            CorrectionError: a line or field does not exist, a value does not fit, or the result does not balance.
        """
        rows = [{name: getattr(line, name) for name in JournalLine.model_fields} for line in self.lines]
        for correction in corrections:
            _apply(rows, correction)
        lines = [_checked_line(number, row) for number, row in enumerate(rows)]
        corrected = self.model_copy(update={"lines": lines, "status": "draft"})
        if not corrected.is_balanced:
            raise CorrectionError(
                f"With these corrections debits are {corrected.total_dr} and credits {corrected.total_cr};"
                " correct both sides together."
            )
        return corrected

    def to_csv_bytes(self) -> bytes:
        """The lines as CSV in UTF-8; text that a spreadsheet would run is marked as text."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["account_code", "description", "debit", "credit", "tax_code"])
        for line in self.lines:
            texts = [_inert(line.account_code), _inert(line.description)]
            writer.writerow([*texts, f"{line.debit:f}", f"{line.credit:f}", line.tax_code or ""])
        return out.getvalue().encode()


def _apply(rows: list[dict[str, Any]], correction: JournalLineCorrection) -> None:
    if not 0 <= correction.line_index < len(rows):
        raise CorrectionError(f"There is no line {correction.line_index}; the journal has {len(rows)}, counted from 0.")
    if correction.field not in _CORRECTABLE:
        raise CorrectionError(f"{correction.field!r} cannot be corrected; choose one of {', '.join(_CORRECTABLE)}.")
    value = correction.new_value
    if isinstance(value, str) and not value.strip():
        value = None
    if value is None:
        value = {"debit": ZERO, "credit": ZERO, "description": ""}.get(correction.field)
    elif correction.field in ("debit", "credit"):
        value = _typed_amount(correction)
    rows[correction.line_index][correction.field] = value


def _typed_amount(correction: JournalLineCorrection) -> Decimal:
    try:
        return exact_amount(correction.new_value, f"the {correction.field} of line {correction.line_index}")
    except ValueError as error:
        raise CorrectionError(str(error)) from error


def _checked_line(number: int, row: dict[str, Any]) -> JournalLine:
    try:
        return JournalLine.model_validate(row)
    except ValidationError as error:
        reasons = "; ".join(item["msg"] for item in error.errors(include_url=False, include_input=False))
        raise CorrectionError(f"Line {number}: {reasons}") from error


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
