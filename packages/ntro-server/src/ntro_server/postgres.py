"""The connection pool of a server and the JSON codec of its connections."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

POOL_MIN = 1
POOL_MAX = 10
ACQUIRE_SECONDS = 10.0
STATEMENT_SECONDS = 30.0


async def open_pool(
    url: str, *, application: str, min_size: int = POOL_MIN, max_size: int = POOL_MAX, keeps_no_session: bool = False
) -> asyncpg.Pool:
    """Opens a pool on `url`; statements end after 30 s, `jsonb` travels as Python values.

    A `str` given for a `json`/`jsonb` parameter is taken as JSON text; every other value is encoded. Who
    `keeps_no_session` (settings and locks last no longer than a transaction, nothing listens) spares the round trip
    that clears a connection before its next use.
    """
    return await asyncpg.create_pool(
        url,
        min_size=min_size,
        max_size=max_size,
        timeout=ACQUIRE_SECONDS,
        command_timeout=STATEMENT_SECONDS,
        init=register_json,
        reset=_nothing if keeps_no_session else None,
        server_settings={"application_name": application, "timezone": "UTC"},
    )


async def _nothing(_connection: asyncpg.Connection) -> None:
    """There is nothing to clear."""


async def register_json(connection: asyncpg.Connection) -> None:
    """Registers the JSON codec on `connection`; numbers with a point are read as `Decimal`."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=_encode, decoder=_decode, schema="pg_catalog")


def _encode(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=_json_value, ensure_ascii=False)


def _decode(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def _json_value(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON")
