"""Column headings in the languages of fund administration, and the header row of a table."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from ntro.capabilities.documents._table import Cell, Table
from ntro.capabilities.documents._vocabulary import Columns
from ntro.money import is_known_currency

_MAX_HEADER_ROW = 60
_SYMBOL_CURRENCIES = {"£": "GBP", "€": "EUR"}
_CODE = re.compile(r"\b[A-Z]{3}\b")


def heading(written: str) -> str:
    """A heading without case, accents, punctuation, currency and surplus space: `Débit (EUR)` is `debit`."""
    without_currency = re.sub(r"[£€$]", " ", _CODE.sub(_drop_currency, written))
    plain = unicodedata.normalize("NFKD", without_currency.casefold().replace("ß", "ss"))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(re.sub(r"[^a-z0-9+]+", " ", plain).split())


def _drop_currency(match: re.Match[str]) -> str:
    return " " if is_known_currency(match.group()) else match.group()


def currency_in(written: str) -> str | None:
    """The one currency that a heading or line names, by code or by a symbol that stands for one currency."""
    codes = {code for code in _CODE.findall(written) if is_known_currency(code)}
    codes |= {code for symbol, code in _SYMBOL_CURRENCIES.items() if symbol in written}
    return codes.pop() if len(codes) == 1 else None


def match_header(cells: Sequence[Cell], columns: Columns) -> dict[str, list[int]]:
    """Each field with the positions of the columns that are headed by it."""
    found: dict[str, list[int]] = {}
    for position, cell in enumerate(cells):
        if not isinstance(cell.value, str) or len(cell.value) > 80:
            continue
        name = heading(cell.value)
        for field, headings in columns.items():
            if name in headings:
                found.setdefault(field, []).append(position)
                break
    return found


def find_header(
    table: Table, columns: Columns, is_enough: Callable[[Mapping[str, list[int]]], bool]
) -> tuple[int, dict[str, list[int]]] | None:
    """The first row that heads enough columns, with its match."""
    for number, row in enumerate(table.rows[:_MAX_HEADER_ROW]):
        found = match_header(row, columns)
        if is_enough(found):
            return number, found
    return None
