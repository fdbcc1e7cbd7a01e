"""Tables as readers see them, whether they come from a book, a text file or a PDF page."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

CellValue = str | Decimal | date | bool | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and its place. `error` is an error value of a spreadsheet, such as `#N/A`."""

    value: CellValue
    where: str
    error: str | None = None

    @property
    def text(self) -> str:
        """The cell as text without surrounding space; nothing for an empty cell."""
        if self.value is None:
            return self.error or ""
        return str(self.value).strip()

    @property
    def is_empty(self) -> bool:
        """Whether the cell holds nothing at all."""
        return not self.text


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. `name` is a sheet or page; `geometry` tells continued tables of a PDF apart."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    geometry: tuple[int, ...] = ()


EMPTY = Cell(None, "")


def cell_at(row: tuple[Cell, ...], column: int | None) -> Cell:
    """The cell in `column`, an empty one where the row is shorter or there is no such column."""
    return row[column] if column is not None and column < len(row) else EMPTY


def column_letters(index: int) -> str:
    """The letters of a column counted from zero: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
