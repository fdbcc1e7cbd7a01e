"""Rent rolls in tables: books, delimited text and PDF pages."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from ntro.capabilities.documents._amount_cells import AmountCells
from ntro.capabilities.documents._columns import currency_in, find_header, heading, match_header
from ntro.capabilities.documents._table import Cell, Table, cell_at
from ntro.capabilities.documents._vocabulary import RENT_ROLL
from ntro.capabilities.documents.reading import IssueLog
from ntro.capabilities.documents.rent_roll import AMOUNT_FIELDS, RentRoll, RentRollRow
from ntro.money import EXACT, exact_text
from ntro.types.dates import parse_forgiving_date

_TOTAL = re.compile(r"^(grand |sub )?(total|totals|subtotal|sum|summe|gesamt|gesamtsumme|totaux|totale|totaal)\b")
_PERIOD = re.compile(r"\b(20[0-9]{2})-(0[1-9]|1[0-2])\b(?!-)")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NAMED_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})\s+(20[0-9]{{2}})\b", re.IGNORECASE)
_RENTS = {"monthly_rent", "rent_due", "rent_received", "arrears"}


def is_enough(found: Mapping[str, list[int]]) -> bool:
    """Whether the headings are those of a rent roll."""
    return ("unit" in found or "tenant_name" in found) and bool(_RENTS & found.keys()) and len(found) >= 3


def read_rent_roll(table: Table, currency: str | None, issues: IssueLog) -> RentRoll | None:
    """The rent roll in `table`, or `None` where it has no header of one."""
    header = find_header(table, RENT_ROLL, is_enough)
    if header is None:
        return None
    place, found = header
    columns = {name: places[0] for name, places in found.items()}
    _note_repeated_headings(found, table.rows[place], issues)
    for row in table.rows[: place + 1]:
        currency = currency or next((code for cell in row if (code := currency_in(cell.text))), None)
    body = [row for row in table.rows[place + 1 :] if not all(cell.is_empty for cell in row)]
    body = [row for row in body if not is_enough(match_header(row, RENT_ROLL))]
    amount_columns = [name for name in AMOUNT_FIELDS if name in columns]
    cells = [cell_at(row, columns[name]) for row in body for name in amount_columns]
    currency = currency or next((code for cell in cells if (code := currency_in(cell.text))), None)
    amounts = AmountCells.of(cells, currency, issues)
    rows: list[RentRollRow] = []
    totals: dict[str, Decimal | None] = {}
    for row in body:
        read = _row(row, columns, amounts, amount_columns)
        if _is_total(row, columns):
            totals = read.amounts
        elif any(amount is not None for amount in read.amounts.values()) or sum(not cell.is_empty for cell in row) > 1:
            rows.append(read)
    roll = RentRoll(tuple(rows), totals, _sums(rows, amount_columns), currency, _period(table.rows[:place]))
    _check(roll, issues)
    return roll


def _row(
    cells: tuple[Cell, ...], columns: Mapping[str, int], amounts: AmountCells, amount_columns: list[str]
) -> RentRollRow:
    unit = cell_at(cells, columns.get("unit")).text or None
    tenant = cell_at(cells, columns.get("tenant_name")).text or None
    what = unit or tenant or "the row"
    return RentRollRow(
        unit=unit,
        tenant_name=tenant,
        lease_start=_date_text(cell_at(cells, columns.get("lease_start"))),
        lease_end=_date_text(cell_at(cells, columns.get("lease_end"))),
        amounts={
            name: amounts.read(cell_at(cells, columns[name]), f"{name.replace('_', ' ')} of {what}")
            for name in amount_columns
        },
        where=next((cell.where for cell in cells if not cell.is_empty), ""),
    )


def _date_text(cell: Cell) -> str | None:
    """An ISO date where the cell states one, the text itself otherwise (`rolling`)."""
    found = cell.value if isinstance(cell.value, date) else parse_forgiving_date(cell.text)
    return found.isoformat() if found else cell.text or None


def _is_total(cells: tuple[Cell, ...], columns: Mapping[str, int]) -> bool:
    labels = {columns.get("unit"), columns.get("tenant_name"), 0}
    return any(_TOTAL.match(heading(cell_at(cells, at).text)) for at in labels if at is not None)


def _sums(rows: list[RentRollRow], amount_columns: list[str]) -> dict[str, Decimal]:
    sums = dict.fromkeys(amount_columns, Decimal(0))
    for row in rows:
        for name in amount_columns:
            sums[name] = EXACT.add(sums[name], row.amounts[name] or Decimal(0))
    return sums


def _period(rows_above: tuple[tuple[Cell, ...], ...]) -> str | None:
    """The one month that is named above the table."""
    texts = [cell.text for row in rows_above for cell in row]
    found = {match.group() for text in texts for match in _PERIOD.finditer(text)}
    for text in texts:
        for match in _NAMED_MONTH.finditer(text):
            found.add(f"{match.group(2)}-{_MONTHS.index(match.group(1).lower()) + 1:02}")
    return found.pop() if len(found) == 1 else None


def _note_repeated_headings(found: Mapping[str, list[int]], head: tuple[Cell, ...], issues: IssueLog) -> None:
    for name, places in found.items():
        if len(places) > 1 and name in AMOUNT_FIELDS:
            headings = ", ".join(head[at].text for at in places)
            issues.add(
                "several_columns", f"several columns mean {name.replace('_', ' ')}: {headings}", head[places[1]].where
            )


def _check(roll: RentRoll, issues: IssueLog) -> None:
    for name, stated in roll.totals.items():
        if stated is not None and stated != roll.sums[name]:
            issues.add(
                "totals_differ",
                f"{name}: the roll states {exact_text(stated)}, its rows {exact_text(roll.sums[name])}",
                "total",
            )
    seen: set[tuple[str | None, str | None]] = set()
    for row in roll.rows:
        for name, amount in row.amounts.items():
            if amount is not None and amount < 0 and name != "arrears":
                issues.add(
                    "negative_amount",
                    f"{name.replace('_', ' ')} of {row.unit or row.tenant_name} is negative",
                    row.where,
                )
        if (row.unit, row.tenant_name) in seen:
            issues.add("duplicate_unit", f"unit {row.unit} of {row.tenant_name} stands more than once", row.where)
        seen.add((row.unit, row.tenant_name))
        if row.unit is None and row.tenant_name is None:
            issues.add("missing_unit", "the row has amounts but neither unit nor tenant", row.where)
