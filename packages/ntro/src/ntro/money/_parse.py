"""Amounts as people write them, read exactly or refused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ntro.money._currencies import is_known_currency, minor_units

DecimalMark = Literal[".", ","]
MAX_LENGTH = 64

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u2002\u2003\t"), " ")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2019\u2018\u02bc\u00b4`"), "'")
_MINUSES = dict.fromkeys(map(ord, "\u2212\u2013\u2014\ufe63\uff0d"), "-")
_TRANSLATION = _SPACES | _APOSTROPHES | _MINUSES
# Symbols that stand for one currency, or for several with the same minor units, say how many decimals to expect.
_SYMBOLS: dict[str, int | None] = {
    "£": 2,
    "€": 2,
    "$": 2,
    "zł": 2,
    "Kč": 2,
    "kr": 2,
    "kr.": 2,
    "Fr": 2,
    "Fr.": 2,
    "₹": 2,
    "₽": 2,
    "R$": 2,
}
_SYMBOLS |= {"US$": 2, "A$": 2, "C$": 2, "HK$": 2, "NZ$": 2, "S$": 2, "CA$": 2, "AU$": 2, "₪": 2, "₺": 2, "฿": 2}
_SYMBOLS |= {"¥": None, "₩": 0, "₫": 0, "Rs": 2, "Rs.": 2}
_SIDES = {"CR": True, "DR": False}
_NUMBER = re.compile(r"[0-9][0-9.,' ]*|[.,][0-9]+")
_MARK_BEFORE = re.compile(r"([^0-9.,'()+ -]+\.?)\s*(?=[0-9.,(+-])")
_MARK_AFTER = re.compile(r"(?<=[0-9., -])\s*([^0-9.,'()+ -]+\.?)$")
_WHOLE_SUFFIX = re.compile(r"(?<=[0-9])[.,]-{1,2}$")
_GROUPED = {mark: re.compile(rf"[0-9]{{1,3}}({re.escape(mark)}[0-9]{{3}})+") for mark in ".,' "}
_GROUPED_BY_LAKH = re.compile(r"[0-9]{1,2}(,[0-9]{2})*,[0-9]{3}")


class AmountError(ValueError):
    """Text that states no amount, or more than one reading of it. Ask a person, or name the decimal mark."""


@dataclass(frozen=True, slots=True)
class _Written:
    digits: str
    negative: bool
    decimals: int | None


def parse_amount(
    text: str,
    *,
    decimal_mark: DecimalMark | None = None,
    currency: str | None = None,
    credit_is_negative: bool = True,
) -> Decimal:
    """The amount that `text` states, with the decimals that it was written with.

    Understood are currency symbols and codes, a sign before or after, parentheses for negative amounts, `CR` and `DR`,
    a final `.-` for whole amounts, and digits grouped by comma, point, apostrophe or space.

    Args:
        text: the amount as written, such as `"£1,234.50"`, `"1.234,50-"`, `"(950.00)"`, `"1'000.00 CR"`.
        decimal_mark: the mark that the document is known to use. Without it, one mark before exactly three digits
            (`"1,234"`) is read as grouping only where the currency has fewer than three decimals.
        currency: ISO 4217 code of the amount, where the document states it elsewhere.
        credit_is_negative: `CR` marks a negative amount, as in ledgers; `False` for a bank's own statement.

    Raises:
        AmountError: the text is no amount, has two readings, or is not finite. Nothing is ever read as zero by default.
    """
    if not isinstance(text, str):
        raise AmountError(f"an amount is read from text, not from a {type(text).__name__}")
    if len(text) > MAX_LENGTH:
        raise AmountError(f"an amount has at most {MAX_LENGTH} characters, this text has {len(text)}")
    written = _strip_signs(text, credit_is_negative)
    decimals = written.decimals
    if currency is not None and is_known_currency(currency):
        decimals = minor_units(currency)
    plain = _plain_number(written.digits, decimal_mark, decimals, text)
    value = Decimal(plain)
    return value.copy_negate() if written.negative and not value.is_zero() else value


def infer_decimal_mark(texts: Iterable[str]) -> DecimalMark | None:
    """The decimal mark that the amounts among `texts` show, or `None` where none shows it or two disagree."""
    found: set[DecimalMark] = set()
    for text in texts:
        try:
            digits = _strip_signs(text, credit_is_negative=True).digits
        except AmountError:
            continue
        mark = _shown_mark(digits)
        if mark is not None:
            found.add(mark)
    return found.pop() if len(found) == 1 else None


def _strip_signs(text: str, credit_is_negative: bool) -> _Written:
    rest = text.translate(_TRANSLATION).strip()
    negative = 0
    if rest.startswith("(") and rest.endswith(")"):
        rest, negative = rest[1:-1].strip(), 1
    rest, side = _take_side(rest)
    marks: list[str] = []
    for _ in range(2):  # a sign may stand outside or inside the currency: -£5, £-5
        rest, minus = _take_sign(rest)
        negative += minus
        rest = _take_currency(rest, marks)
    rest = _WHOLE_SUFFIX.sub("", rest)
    rest, minus = _take_trailing_minus(rest)
    negative += minus
    rest = _take_currency(rest, marks)
    decimals = _decimals(marks, text)
    if negative > 1 or (negative and side is not None):
        raise AmountError(f"{text!r} is marked negative twice or marked with a sign and a side")
    if side is not None:
        negative = int(side == credit_is_negative)
    if not _NUMBER.fullmatch(rest):
        raise AmountError(f"{text!r} states no amount")
    return _Written(rest, bool(negative), decimals)


def _take_side(text: str) -> tuple[str, bool | None]:
    for mark, is_credit in _SIDES.items():
        if text[-2:].upper() == mark and text[:-2].rstrip(" .")[-1:].isdigit():
            return text[:-2].strip(), is_credit
        if text[:2].upper() == mark and text[2:].lstrip(" .")[:1].isdigit():
            return text[2:].strip(), is_credit
    return text, None


def _take_sign(text: str) -> tuple[str, int]:
    if text.startswith(("-", "+")):
        return text[1:].strip(), int(text[0] == "-")
    return text, 0


def _take_trailing_minus(text: str) -> tuple[str, int]:
    return (text[:-1].strip(), 1) if text.endswith("-") else (text, 0)


def _take_currency(rest: str, marks: list[str]) -> str:
    """`rest` without one currency mark before or after it, which is added to `marks`."""
    match = _MARK_BEFORE.match(rest) or _MARK_AFTER.search(rest)
    if match is None:
        return rest
    marks.append(match.group(1))
    return (rest[: match.start()] + rest[match.end() :]).strip()


def _decimals(marks: list[str], text: str) -> int | None:
    """The minor units of the currency that `marks` name: one code, one symbol, or one of each."""
    codes = {mark.upper() for mark in marks if is_known_currency(mark.upper())}
    symbols = {mark for mark in marks if mark in _SYMBOLS}
    if len(marks) > len(codes) + len(symbols) or len(codes) > 1 or len(symbols) > 1:
        raise AmountError(f"{text!r} holds {', '.join(marks)!r}, which is not one currency")
    if codes:
        return minor_units(codes.pop())
    return _SYMBOLS[symbols.pop()] if symbols else None


def _shown_mark(digits: str) -> DecimalMark | None:
    point, comma = digits.rfind("."), digits.rfind(",")
    if point >= 0 and comma >= 0:
        return "." if point > comma else ","
    mark: DecimalMark = "." if point >= 0 else ","
    if mark not in digits:
        return None
    if digits.count(mark) > 1:
        return "," if mark == "." else "."
    head, tail = digits.split(mark)
    if len(tail) != 3 or head in {"", "0"} or len(head) > 3:
        return mark
    return None


def _plain_number(digits: str, given: DecimalMark | None, decimals: int | None, text: str) -> str:
    mark = given or _shown_mark(digits)
    if mark is None and ("." in digits or "," in digits):
        if decimals is None or decimals >= 3:
            raise AmountError(f"{text!r} can mean thousands or thousandths; name the decimal mark")
        mark = "." if "," in digits else ","
    whole, fraction = digits, ""
    if mark is not None and mark in digits:
        whole, _, fraction = digits.rpartition(mark)
        if not fraction:
            raise AmountError(f"{text!r} ends in its decimal mark")
    if fraction and not fraction.isdigit():
        raise AmountError(f"{text!r} is grouped after its decimal mark {mark!r}")
    return f"{_ungrouped(whole, mark, text)}.{fraction}" if fraction else _ungrouped(whole, mark, text)


def _ungrouped(whole: str, decimal_mark: str | None, text: str) -> str:
    marks = {character for character in whole if not character.isdigit()}
    if not marks:
        return whole or "0"
    if len(marks) == 1:
        mark = marks.pop()
        if mark != decimal_mark and (
            _GROUPED[mark].fullmatch(whole) or (mark == "," and _GROUPED_BY_LAKH.fullmatch(whole))
        ):
            return whole.replace(mark, "")
    raise AmountError(f"{text!r} is not grouped as thousands are")
