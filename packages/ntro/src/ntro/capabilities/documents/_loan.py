"""Loan agreements: labels and the values beside them."""

import re
from collections.abc import Iterable
from decimal import Decimal

from ntro.capabilities.documents._columns import currency_in, heading
from ntro.capabilities.documents._vocabulary import LOAN_TERMS
from ntro.capabilities.documents.loan_agreement import AMOUNT_FIELDS, TEXT_FIELDS, LoanAgreement
from ntro.capabilities.documents.reading import IssueLog
from ntro.money import EXACT, AmountError, infer_decimal_mark, parse_amount
from ntro.types.dates import parse_forgiving_date

_DATES = {"agreement_date", "start_date", "maturity_date", "first_payment_date"}
_ESSENTIAL = {"principal", "interest_rate", "monthly_interest", "monthly_principal", "lender", "borrower"}
_PERCENT = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,8})?)\s*(?:%|per\s?cent|percent)")
_AMOUNT = re.compile(r"[0-9][0-9.,' \u00a0]*[0-9]|[0-9]")
_AMBIGUOUS_DATE = re.compile(r"(0?[1-9]|1[0-2])[./-](0?[1-9]|1[0-2])[./-][0-9]{4}")
Line = tuple[str, list[str]]
"""A place and the pieces of text on one line, split where a gap stands."""


def read_loan_agreement(lines: Iterable[Line], issues: IssueLog) -> LoanAgreement | None:
    """The agreement whose labels stand on `lines`, or `None` where fewer than three essential ones do."""
    found = _labelled(lines)
    if len(_ESSENTIAL & found.keys()) < 3 or not {"principal", "outstanding_balance"} & found.keys():
        return None
    mark = infer_decimal_mark(_first_amount(value) for _, value in found.values())
    currency = _currency(found)
    amounts: dict[str, Decimal | None] = {}
    texts: dict[str, str | None] = {}
    for name, (where, value) in found.items():
        if name == "interest_rate":
            amounts[name] = _rate(value, where, issues)
        elif name in AMOUNT_FIELDS:
            amounts[name] = _amount(value, mark, currency, f"{name.replace('_', ' ')}", where, issues)
        else:
            texts[name] = _date(value, where, issues) if name in _DATES else value
    texts["currency"] = currency
    if currency is None:
        issues.add("missing_currency", "the agreement names no currency")
    for name in ("monthly_interest", "monthly_principal"):
        if name not in found:
            issues.add("missing_field", f"the agreement states no {name.replace('_', ' ')}")
    _check_payment(amounts, issues)
    places = {name: where for name, (where, _) in found.items() if name in (*AMOUNT_FIELDS, *TEXT_FIELDS)}
    return LoanAgreement(amounts, texts, places)


def _labelled(lines: Iterable[Line]) -> dict[str, tuple[str, str]]:
    """The first value of each label: after its colon, in the next piece of its line, or on the next line."""
    found: dict[str, tuple[str, str]] = {}
    waiting: str | None = None
    for where, pieces in lines:
        if waiting is not None and len(pieces) == 1 and _field(pieces[0].partition(":")[0]) is None:
            found.setdefault(waiting, (where, pieces[0].strip()))
        waiting = None
        position = 0
        while position < len(pieces):
            label, colon, value = pieces[position].partition(":")
            name = _field(label)
            if name is not None and colon and value.strip():
                found.setdefault(name, (where, " ".join([value.strip(), *_rest(pieces, position + 1)])))
            elif name is not None and position + 1 < len(pieces):
                position += 1
                found.setdefault(name, (where, pieces[position].strip()))
            elif name is not None and (colon or len(pieces) == 1):
                waiting = name
            position += 1
    return found


def _rest(pieces: list[str], start: int) -> list[str]:
    """Pieces that belong to the value before them: all up to the next label."""
    rest: list[str] = []
    for piece in pieces[start:]:
        if ":" in piece:
            break
        rest.append(piece.strip())
    return rest


def _field(label: str) -> str | None:
    name = heading(re.sub(r"^[0-9]+(\.[0-9]+)*[.)]?\s+|\([^)]*\)", "", label.strip()))
    return next((field for field, labels in LOAN_TERMS.items() if name in labels), None)


def _currency(found: dict[str, tuple[str, str]]) -> str | None:
    if "currency" in found and (stated := currency_in(found["currency"][1])):
        return stated
    return next((code for name in AMOUNT_FIELDS if name in found and (code := currency_in(found[name][1]))), None)


def _first_amount(value: str) -> str:
    match = _AMOUNT.search(value)
    return match.group() if match else ""


def _rate(value: str, where: str, issues: IssueLog) -> Decimal | None:
    match = _PERCENT.search(value)
    if match is None:
        issues.add("unreadable_amount", f"the interest rate {value[:60]!r} is no percentage", where)
        return None
    return Decimal(match.group(1).replace(",", "."))


def _amount(value: str, mark: object, currency: str | None, what: str, where: str, issues: IssueLog) -> Decimal | None:
    try:
        return parse_amount(
            _amount_text(value), decimal_mark="," if mark == "," else "." if mark == "." else None, currency=currency
        )
    except AmountError as error:
        issues.add("unreadable_amount", f"{what}: {error}", where)
        return None


def _amount_text(value: str) -> str:
    """The whole value where it is an amount, or its only number: `£1,250.00 per month`."""
    numbers = _AMOUNT.findall(value)
    if len(numbers) == 1 and not re.search(r"[-(]\s*[£€$A-Z ]*[0-9]", value):
        return str(numbers[0])
    return value


def _date(value: str, where: str, issues: IssueLog) -> str | None:
    found = parse_forgiving_date(value)
    if found is None:
        issues.add("unknown_date", f"{value[:60]!r} is no date", where)
        return None
    if (match := _AMBIGUOUS_DATE.fullmatch(value.strip())) and match.group(1).lstrip("0") != match.group(2).lstrip("0"):
        issues.add("ambiguous_date", f"{value!r} was read with the day first", where)
    return found.isoformat()


def _check_payment(amounts: dict[str, Decimal | None], issues: IssueLog) -> None:
    interest, principal, payment = (amounts.get(f"monthly_{part}") for part in ("interest", "principal", "payment"))
    if interest is not None and principal is not None and payment is not None:
        total = EXACT.add(interest, principal)
        if total != payment:
            issues.add("totals_differ", f"interest and principal give {total}, the monthly payment is {payment}")
