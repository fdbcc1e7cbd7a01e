"""Dates from outside: a strict one for interfaces, a forgiving one for what people and models write."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_LIKE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_MAX_LENGTH = 64
# What a partial date leaves out is taken from the default. Two defaults that share no part disagree exactly then.
_DEFAULTS = (datetime(2000, 1, 1), datetime(2003, 2, 5))  # noqa: DTZ001 — only calendar parts of a written date


def parse_forgiving_date(value: Any) -> date | None:
    """The date that `value` states in full, day before month where both readings are possible, or `None`.

    The answer never depends on today: text without a day, month or year (`"5"`, `"Tuesday"`, `"March 2026"`) is `None`.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    text = value.strip()
    if not text or len(text) > _MAX_LENGTH:
        return None
    return _from_iso(text) or _from_words(text)


def parse_strict_date(value: Any) -> Any:
    """`value` if it is a date, or the date it spells as `YYYY-MM-DD`.

    Raises:
        ValueError: it is anything else.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("a date is written YYYY-MM-DD, such as 2026-03-31")


def _from_iso(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _from_words(text: str) -> date | None:
    if _ISO_LIKE.match(text):
        return None  # an impossible ISO date; turning its parts around would invent another day
    from dateutil import parser as dateutil_parser  # noqa: PLC0415 — most who import types never read such a date

    try:
        first, second = (dateutil_parser.parse(text, dayfirst=True, default=default) for default in _DEFAULTS)
    except (ValueError, OverflowError, TypeError):
        return None
    return first.date() if first.date() == second.date() else None


ForgivingDate = Annotated[date | None, BeforeValidator(parse_forgiving_date)]
"""A date, or `None` for whatever does not state one in full. Never raises."""

StrictDate = Annotated[date, BeforeValidator(parse_strict_date), Field(examples=["2026-03-31"])]
"""A date written `YYYY-MM-DD`; times, other spellings and impossible days are refused."""

__all__ = ["ForgivingDate", "StrictDate", "parse_forgiving_date", "parse_strict_date"]
