"""Amounts in table cells."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ntro.capabilities.documents._table import Cell
from ntro.capabilities.documents.reading import IssueLog
from ntro.money import AmountError, infer_decimal_mark, parse_amount
from ntro.money._parse import DecimalMark

_NIL = {"-", "\u2013", "\u2014", "\u2212", "nil", "n/a", "none"}
_NOT_STATED = {"n/a", "none"}
_MAX_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class AmountCells:
    """Reads the amounts of one table, all written the same way."""

    decimal_mark: DecimalMark | None
    currency: str | None
    issues: IssueLog

    @classmethod
    def of(cls, cells: Iterable[Cell], currency: str | None, issues: IssueLog) -> "AmountCells":
        """A reader that has seen all amount cells of the table, so that one clear amount explains the doubtful ones."""
        return cls(infer_decimal_mark(cell.value for cell in cells if isinstance(cell.value, str)), currency, issues)

    def read(self, cell: Cell, what: str) -> Decimal | None:
        """The amount in `cell`; `None` for an empty cell, and with an issue for a cell that holds no amount."""
        if cell.error is not None:
            self.issues.add("error_value", f"{what} holds the error value {cell.error}", cell.where)
            return None
        if isinstance(cell.value, Decimal):
            return self._number(cell.value, cell, what)
        if cell.is_empty or cell.text.casefold() in _NOT_STATED:
            return None
        if cell.text.casefold() in _NIL:
            return Decimal(0)
        try:
            return parse_amount(cell.text, decimal_mark=self.decimal_mark, currency=self.currency)
        except AmountError as error:
            self.issues.add("unreadable_amount", f"{what}: {error}", cell.where)
            return None

    def _number(self, value: Decimal, cell: Cell, what: str) -> Decimal:
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > _MAX_DECIMALS:
            self.issues.add("unrounded_amount", f"{what} holds more decimals than amounts have", cell.where)
        return value
