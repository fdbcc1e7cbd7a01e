"""Rows of a payload as a table: typed columns, rows under their group's heading, exact totals. Pure."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ntro_tenant.ui.values import grouped, holds_money, is_amount, label_of, padded, places_of, sum_of, text_of

_NO_COLUMNS = frozenset({"id", "where"})
_SUMMED = ("debit", "credit", "amount", "due", "received", "arrears", "net", "tax", "gross")
_CODE_LENGTH = 12
_LINE_KEYS = ("line_item_id", "expense_id", "id")


@dataclass(frozen=True, slots=True)
class Cell:
    """One value. `input` names its form field where a person may correct it; `line_id` the line that it is of.

    An amount is shown with at least `places` digits behind its point, as many as its column has anywhere.
    """

    key: str
    raw: Any
    is_amount: bool
    input: str | None = None
    line_id: str | None = None
    places: int = 0

    @property
    def text(self) -> str:
        """As it is shown."""
        text = text_of(self.raw)
        return grouped(padded(text, self.places)) if self.is_amount else text


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    editable: bool
    is_amount: bool
    places: int = 0
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A stored document, and the place in it where a value comes from."""

    document_ref: str
    where: str


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: tuple[Cell, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together, with the sums of their columns; `title` is empty where nothing groups them."""

    title: str
    rows: tuple[Row, ...]
    totals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`totals` has a text for each column; all are empty where nothing is to be summed."""

    key: str
    label: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    totals: tuple[str, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(cell for group in self.groups for row in group.rows for cell in row.cells)

    @property
    def has_sources(self) -> bool:
        return any(row.sources for group in self.groups for row in group.rows)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return sum(len(group.rows) for group in self.groups)


def table_of(payload: dict[str, Any], dataset: dict[str, Any], *, correctable: bool) -> Table:
    """The rows at `dataset["data_key"]` as a table."""
    key = str(dataset["data_key"])
    given = [row for row in payload[key] if isinstance(row, dict)]
    columns = _columns(dataset, given, correctable=correctable)
    heading = _heading(columns, given)
    shown = tuple(column for column in columns if column is not heading)
    rows = [_row(key, number, row, shown) for number, row in enumerate(given)]
    titles = [text_of(row.get(heading.key)) if heading else "" for row in given]
    groups = tuple(
        _group(title, tuple(row for row, _ in members), shown)
        for title, members in groupby(zip(rows, titles, strict=True), key=lambda pair: pair[1])
    )
    return Table(key, str(dataset.get("label") or label_of(key)), shown, groups, _totals(rows, shown))


def cell_of(
    key: str, value: Any, name: str | None, *, money: bool, line_id: str | None = None, places: int = 0
) -> Cell:
    """A value; an empty one counts as an amount where its column holds `money`."""
    text = text_of(value)
    return Cell(key, value, is_amount(key, text) or (money and not text), name, line_id, places)


def sources_of(references: Any) -> list[Source]:
    """The documents that a list of references names, each once, with the places in it."""
    places: dict[str, list[str]] = {}
    for item in references if isinstance(references, list) else []:
        if isinstance(item, dict) and item.get("document_ref"):
            places.setdefault(str(item["document_ref"]), []).append(str(item.get("filename") or item.get("row") or ""))
    return [Source(document, ", ".join(filter(None, found))) for document, found in places.items()]


def _columns(dataset: dict[str, Any], rows: list[dict[str, Any]], *, correctable: bool) -> tuple[Column, ...]:
    given = dataset.get("columns")
    if isinstance(given, list) and given:
        named = [item for item in given if isinstance(item, dict) and item.get("key")]
        return tuple(_column(str(item["key"]), item.get("label"), rows, bool(item.get("editable"))) for item in named)
    filled = dict.fromkeys(
        key
        for row in rows
        for key, value in row.items()
        if key not in _NO_COLUMNS and not isinstance(value, dict | list) and value not in (None, "")
    )
    # The database orders keys by length; words before figures is what people expect.
    return tuple(sorted((_column(key, None, rows, correctable) for key in filled), key=lambda column: column.is_amount))


def _column(key: str, label: Any, rows: list[dict[str, Any]], editable: bool) -> Column:
    texts = [text for row in rows if (text := text_of(row.get(key)))]
    amounts = all(is_amount(key, text) for text in texts) if texts else holds_money(key)
    places = max((places_of(text) for text in texts), default=0) if amounts else 0
    short = max(map(len, texts), default=0) <= _CODE_LENGTH
    return Column(key, str(label or label_of(key)), editable, amounts, places, short and not amounts)


def _heading(columns: tuple[Column, ...], rows: list[dict[str, Any]]) -> Column | None:
    """The first column, where it says the same for several rows on end and nobody corrects it."""
    if len(columns) < 3 or columns[0].editable or columns[0].is_amount:
        return None
    runs = [title for title, _ in groupby(text_of(row.get(columns[0].key)) for row in rows)]
    return columns[0] if len(runs) < len(rows) and len(set(runs)) == len(runs) and all(runs) else None


def _row(table: str, number: int, row: dict[str, Any], columns: tuple[Column, ...]) -> Row:
    line_id = next((str(row[key]) for key in _LINE_KEYS if row.get(key) is not None), str(number))
    cells = tuple(
        cell_of(
            column.key,
            row.get(column.key),
            f"cell:{table}:{number}:{column.key}" if column.editable else None,
            money=column.is_amount,
            line_id=line_id,
            places=column.places,
        )
        for column in columns
    )
    return Row(number, cells, tuple(sources_of(row.get("source_refs"))))


def _group(title: str, rows: tuple[Row, ...], columns: tuple[Column, ...]) -> Group:
    return Group(title[:1].upper() + title[1:], rows, _totals(list(rows), columns) if title else ("",) * len(columns))


def _totals(rows: list[Row], columns: tuple[Column, ...]) -> tuple[str, ...]:
    return tuple(
        grouped(padded(sum_of([text_of(row.cells[place].raw) for row in rows]), column.places))
        if column.is_amount and any(word in column.key for word in _SUMMED)
        else ""
        for place, column in enumerate(columns)
    )
