"""Trial balances in tables: books, delimited text and PDF pages."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from ntro.capabilities.documents._amount_cells import AmountCells
from ntro.capabilities.documents._columns import currency_in, find_header, heading, match_header
from ntro.capabilities.documents._table import Cell, Table, cell_at
from ntro.capabilities.documents._vocabulary import DATE_WORDS, TRIAL_BALANCE, headings
from ntro.capabilities.documents.reading import IssueLog
from ntro.capabilities.documents.trial_balance import TrialBalance, TrialBalanceRow
from ntro.money import EXACT, exact_text

_YEAR = re.compile(r"ytd|year to date|closing|schluss|final|cumul")
_TOTAL = re.compile(
    r"^(grand )?(total|totals|sum|summe|gesamt|gesamtsumme|totaux|somme|totale|totaal|suma|balance check)\b"
)
_PLAIN_ACCOUNT = headings("account; konto; compte; cuenta; conto; rekening")
_CODE_AND_NAME = re.compile(r"([0-9][0-9A-Za-z./-]{1,19})\s*[-\u2013:|]?\s+(\S.*)")
_NAME_AND_CODE = re.compile(r"(.*\S)\s*\(([0-9A-Za-z./-]{1,20})\)")


def is_enough(found: Mapping[str, list[int]]) -> bool:
    """Whether the headings are those of a trial balance. One column of amounts needs a clear column of accounts."""
    if "debit" in found and "credit" in found:
        return bool({"code", "short_code", "name"} & found.keys())
    return "balance" in found and "code" in found


def _has_dates(head: Sequence[Cell]) -> bool:
    return any(DATE_WORDS & set(heading(cell.text).split()) for cell in head)


def read_trial_balance(table: Table, currency: str | None, issues: IssueLog) -> TrialBalance | None:
    """The trial balance in `table`, or `None` where it has no header of one."""
    header = find_header(table, TRIAL_BALANCE, is_enough)
    if header is None:
        return None
    place, found = header
    head = table.rows[place]
    if _has_dates(head):
        return None
    columns = _choose(found, head, issues)
    amount_columns = [columns[name] for name in ("debit", "credit", "balance") if name in columns]
    currency = next((code for at in amount_columns if (code := currency_in(cell_at(head, at).text))), currency)
    body = [row for row in table.rows[place + 1 :] if not all(cell.is_empty for cell in row)]
    body = [row for row in body if not is_enough(match_header(row, TRIAL_BALANCE))]
    currency = _column_currency(body, columns, issues) or currency
    amounts = AmountCells.of((cell_at(row, at) for row in body for at in amount_columns), currency, issues)
    return _Reader(columns, amounts, issues).read(body, currency)


def _choose(found: Mapping[str, list[int]], head: tuple[Cell, ...], issues: IssueLog) -> dict[str, int]:
    """One column for each field; of several, the cumulative one, or the last with an issue."""
    columns: dict[str, int] = {}
    found = dict(found)
    if short := found.pop("short_code", None):
        found.setdefault("code", short)
    plain = [at for at in found.get("code", []) if heading(head[at].text) in _PLAIN_ACCOUNT]
    if "name" not in found and plain and len(found["code"]) > 1:
        found["name"] = plain[:1]
        found["code"] = [at for at in found["code"] if at not in plain]
    for name, places in found.items():
        cumulative = [at for at in places if _YEAR.search(heading(head[at].text))]
        chosen = (cumulative or places)[-1] if name in {"debit", "credit", "balance"} else places[0]
        if len(places) > 1 and not cumulative and name in {"debit", "credit", "balance"}:
            issues.add("several_columns", f"{len(places)} columns are headed {head[chosen].text!r}", head[chosen].where)
        columns[name] = chosen
    if "debit" in columns and "credit" in columns:
        columns.pop("balance", None)
    return columns


def _column_currency(body: list[tuple[Cell, ...]], columns: Mapping[str, int], issues: IssueLog) -> str | None:
    found = {cell_at(row, columns.get("currency")).text.upper() for row in body} - {""}
    if len(found) > 1:
        issues.add("mixed_currencies", f"the accounts are in {', '.join(sorted(found))}")
        return None
    return found.pop() if found else None


class _Reader:
    """Reads the rows below a header."""

    def __init__(self, columns: Mapping[str, int], amounts: AmountCells, issues: IssueLog) -> None:
        self._columns = columns
        self._amounts = amounts
        self._issues = issues
        self._since_subtotal = (Decimal(0), Decimal(0))

    def read(self, body: list[tuple[Cell, ...]], currency: str | None) -> TrialBalance:
        rows: list[TrialBalanceRow] = []
        total = (Decimal(0), Decimal(0))
        for cells in body:
            row = self._row(cells)
            if row is None:
                continue
            if self._is_total(cells):
                self._check_total(row, total)
                self._since_subtotal = (Decimal(0), Decimal(0))
                continue
            rows.append(row)
            total = _plus(total, row)
            self._since_subtotal = _plus(self._since_subtotal, row)
        self._check(rows, total)
        return TrialBalance(tuple(rows), currency, *total)

    def _row(self, cells: tuple[Cell, ...]) -> TrialBalanceRow | None:
        code, name = self._account(cells)
        where = next((cell.where for cell in cells if not cell.is_empty), "")
        places = [self._columns[field] for field in ("debit", "credit", "balance") if field in self._columns]
        if all(cell_at(cells, at).is_empty for at in places):
            if code is not None and name is not None and any(character.isdigit() for character in code):
                self._issues.add(
                    "blank_amounts", f"account {code} has no amount; a blank can hide an error value", where
                )
            return None
        debit, credit = self._sides(cells, code or name or "the account")
        if code is None and name is None:
            self._issues.add("missing_account", "the row has amounts but no account", where)
        return TrialBalanceRow(code, name, debit, credit, where)

    def _sides(self, cells: tuple[Cell, ...], what: str) -> tuple[Decimal | None, Decimal | None]:
        if "balance" in self._columns:
            balance = self._amounts.read(cell_at(cells, self._columns["balance"]), f"balance of {what}")
            if balance is None:
                return None, None
            return (balance, Decimal(0)) if balance >= 0 else (Decimal(0), balance.copy_negate())
        sides: list[Decimal | None] = []
        for side in ("debit", "credit"):
            cell = cell_at(cells, self._columns[side])
            amount = self._amounts.read(cell, f"{side} of {what}")
            sides.append(Decimal(0) if cell.is_empty else amount)
            if amount is not None and amount < 0:
                self._issues.add("negative_amount", f"{side} of {what} is negative", cell.where)
        return sides[0], sides[1]

    def _account(self, cells: tuple[Cell, ...]) -> tuple[str | None, str | None]:
        code = cell_at(cells, self._columns.get("code")).text or None
        name = cell_at(cells, self._columns.get("name")).text or None
        if "code" in self._columns and "name" in self._columns:
            return code, name
        both = code or name
        if both is None:
            return None, None
        if match := _CODE_AND_NAME.fullmatch(both):
            return match.group(1), match.group(2)
        if match := _NAME_AND_CODE.fullmatch(both):
            return match.group(2), match.group(1)
        is_code = any(character.isdigit() for character in both) and " " not in both
        return (both, None) if is_code else (None, both)

    def _is_total(self, cells: tuple[Cell, ...]) -> bool:
        """A total has no account code of its own, or the word itself where the code stands."""
        code = heading(cell_at(cells, self._columns.get("code")).text)
        if _TOTAL.match(code):
            return True
        labels = [heading(cell.text) for cell in cells if isinstance(cell.value, str)]
        return not code and any(_TOTAL.match(label) for label in labels)

    def _check_total(self, row: TrialBalanceRow, total: tuple[Decimal, Decimal]) -> None:
        stated = (row.debit, row.credit)
        net = EXACT.subtract(total[0], total[1])
        if "balance" in self._columns and None not in stated:
            stated_net = EXACT.subtract(row.debit or Decimal(0), row.credit or Decimal(0))
            since = EXACT.subtract(*self._since_subtotal)
            is_right = stated_net in {net, since}
        else:
            is_right = stated in {total, self._since_subtotal}
        if not is_right:
            self._issues.add(
                "totals_differ",
                f"the total states debit {_shown(row.debit)} and credit {_shown(row.credit)}, "
                f"the accounts give {exact_text(total[0])} and {exact_text(total[1])}",
                row.where,
            )

    def _check(self, rows: list[TrialBalanceRow], total: tuple[Decimal, Decimal]) -> None:
        seen: set[str] = set()
        for row in rows:
            if row.account_code is None:
                self._issues.add("missing_code", f"account {row.name!r} has no code", row.where)
            elif row.account_code in seen:
                self._issues.add("duplicate_account", f"account {row.account_code} stands more than once", row.where)
            seen.add(row.account_code or "")
        if total[0] != total[1]:
            self._issues.add("does_not_balance", f"debits are {exact_text(total[0])}, credits {exact_text(total[1])}")


def _plus(total: tuple[Decimal, Decimal], row: TrialBalanceRow) -> tuple[Decimal, Decimal]:
    return EXACT.add(total[0], row.debit or Decimal(0)), EXACT.add(total[1], row.credit or Decimal(0))


def _shown(amount: Decimal | None) -> str:
    return "nothing readable" if amount is None else exact_text(amount)
