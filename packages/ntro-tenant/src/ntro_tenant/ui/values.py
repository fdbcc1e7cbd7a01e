"""How values of a payload are written for people, and read back from what they type. Pure; amounts stay text."""

import re
from decimal import Decimal
from typing import Any

_AMOUNT = re.compile(r"^[+-]?\d+(\.\d+)?$")
_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
_LINE_BREAKS = re.compile(r"[\r\n]")
_TEXTUAL = ("id", "code", "date", "name", "number", "account", "reference", "iban", "unit", "period", "description")
_ACRONYMS = frozenset({"nav", "iban", "bic", "vat", "tb"})
_MONEY = ("debit", "credit", "amount", "balance", "total", "net", "gross", "tax", "rent", "arrears", "due", "nav")


def text_of(value: Any) -> str:
    """A value as a person reads it; nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(text_of(item) for item in value)
    return str(value)


def label_of(key: str) -> str:
    """A field's name in words."""
    words = [word.upper() if word in _ACRONYMS else word for word in key.replace("_", " ").replace("-", " ").split()]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def is_amount(key: str, text: str) -> bool:
    """Whether `text` is a number that `key` does not make a code, a date or a name."""
    return bool(_AMOUNT.match(text)) and not any(word in key for word in _TEXTUAL)


def holds_money(key: str) -> bool:
    """Whether a column of this name holds money, also while it is empty."""
    return any(word in key for word in _MONEY) and not any(word in key for word in _TEXTUAL)


def grouped(text: str) -> str:
    """An amount with its thousands grouped; other text as it is."""
    if not _AMOUNT.match(text):
        return text
    sign = "-" if text.startswith("-") else ""
    whole, _, rest = text.lstrip("+-").partition(".")
    return f"{sign}{int(whole):,}" + (f".{rest}" if rest else "")


def padded(text: str, places: int) -> str:
    """A written number with at least `places` digits behind its point; the value is the same."""
    if not places or not _AMOUNT.match(text):
        return text
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.ljust(places, '0')}"


def places_of(text: str) -> int:
    """How many digits a written number has behind its point."""
    return len(text.partition(".")[2]) if _AMOUNT.match(text) else 0


def ungrouped(text: str) -> str:
    """An amount without the commas that `grouped` put in; other text as it is."""
    return text.replace(",", "") if _GROUPED.match(text) else text


def as_input(text: str) -> str:
    """`text` as a browser's one-line field gives it back: without line breaks and outer blanks."""
    return _LINE_BREAKS.sub("", text).strip()


def sum_of(texts: list[str]) -> str:
    """The exact sum of the amounts among `texts`; nothing where there is none."""
    amounts = [Decimal(text) for text in texts if _AMOUNT.match(text)]
    return f"{sum(amounts[1:], amounts[0]):f}" if amounts else ""
