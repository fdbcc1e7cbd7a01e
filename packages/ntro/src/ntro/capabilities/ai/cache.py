"""Answers that are used again, in the tenant's own database. A cache that fails is logged and done without."""

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any, Literal

from ntro.capabilities import config
from ntro.data import DataPlane, DataPlaneError, get_data_plane, json_text

Kind = Literal["extract", "check"]

# The name of what was asked stands in a column of its own, so that people can look answers up and delete them.
_READ: Mapping[Kind, str] = {
    "extract": """
select result from system.cache_extract where cache_key = $1 and created_at > now() - make_interval(days => $2)
""",
    "check": """
select result from system.cache_check where cache_key = $1 and created_at > now() - make_interval(days => $2)
""",
}
_WRITE: Mapping[Kind, str] = {
    "extract": """
insert into system.cache_extract (cache_key, schema_slug, provider, model, prompt_version, result)
values ($1, $2, $3, $4, $5, $6)
on conflict (cache_key) do update set result = excluded.result, created_at = now()
""",
    "check": """
insert into system.cache_check (cache_key, spec_id, provider, model, prompt_version, result)
values ($1, $2, $3, $4, $5, $6)
on conflict (cache_key) do update set result = excluded.result, created_at = now()
""",
}
_log = logging.getLogger(__name__)


def cache_key(**asked: Any) -> str:
    """The key of an answer: a hash of everything that it depends on."""
    return hashlib.sha256(json.dumps(asked, default=str, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


async def cached(kind: Kind, key: str, *, days: int) -> dict[str, Any] | None:
    """The answer under `key` that is not older than `days`, none without one or without a database."""
    try:
        database = await _database()
        row = None if database is None or not days else await database.fetchrow(_READ[kind], key, days)
    except _failures() as error:
        _log.warning("The cache of answers cannot be read: %s", type(error).__name__)
        return None
    return row["result"] if row is not None and isinstance(row["result"], dict) else None


async def keep(
    kind: Kind, key: str, *, name: str, provider: str, model: str, prompt_version: str, result: Mapping[str, Any]
) -> None:
    """Keep an answer that was read and found to be of the right shape, and no other."""
    try:
        database = await _database()
        if database is not None:
            await database.execute(_WRITE[kind], key, name, provider, model, prompt_version, json_text(dict(result)))
    except _failures() as error:
        _log.warning("An answer cannot be kept: %s", type(error).__name__)


async def _database() -> DataPlane | None:
    worker = config.get()
    if not worker.tenant_slug or not worker.tenant_postgres_url.get_secret_value():
        return None
    return await get_data_plane(worker.tenant_slug)


def _failures() -> tuple[type[Exception], ...]:
    """What a database that is down, full or without the tables raises."""
    import asyncpg  # noqa: PLC0415 - the driver is loaded by those who use it only

    return DataPlaneError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError
