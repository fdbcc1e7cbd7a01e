"""How values travel between Python and PostgreSQL.

`date`, `timestamptz` and `numeric` parameters take ISO or decimal text besides their own types, because corrections
arrive as text. A time without a zone is UTC: the shift that a worker's local zone would add has corrupted ledgers.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from ntro.data._json import json_text, json_value

if TYPE_CHECKING:
    import asyncpg

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


async def register_codecs(connection: "asyncpg.Connection") -> None:
    """Registers the codecs of this module on `connection`."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=_encode_json, decoder=json_value, schema="pg_catalog")
    await connection.set_type_codec("numeric", encoder=_encode_numeric, decoder=Decimal, schema="pg_catalog")
    await connection.set_type_codec(
        "date", encoder=_encode_date, decoder=_decode_date, schema="pg_catalog", format="tuple"
    )
    await connection.set_type_codec(
        "timestamptz", encoder=_encode_time, decoder=_decode_time, schema="pg_catalog", format="tuple"
    )


def _encode_json(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)


def _encode_numeric(value: Any) -> str:
    if isinstance(value, bool):
        raise TypeError("a truth value is not a number")
    # repr of a float is the number as it was written; its binary expansion is not.
    text = repr(value) if isinstance(value, float) else str(value).strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a decimal number") from None
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    return format(number, "f")


def _encode_date(value: Any) -> tuple[int]:
    if isinstance(value, str):
        value = _from_iso(value).date() if len(value.strip()) > len("2026-01-31") else date.fromisoformat(value.strip())
    elif isinstance(value, datetime):
        value = value.date()
    return (value.toordinal() - _EPOCH.toordinal(),)


def _decode_date(value: tuple[int]) -> date:
    return date.fromordinal(_EPOCH.toordinal() + value[0])


def _encode_time(value: Any) -> tuple[int]:
    moment = _from_iso(value) if isinstance(value, str) else value
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return ((moment - _EPOCH) // _MICROSECOND,)


def _decode_time(value: tuple[int]) -> datetime:
    return _EPOCH + value[0] * _MICROSECOND


def _from_iso(text: str) -> datetime:
    return datetime.fromisoformat(text.strip())
