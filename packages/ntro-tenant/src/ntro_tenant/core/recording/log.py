"""The audit log: append-only rows in `system.events`, each hashed together with the hash of the row before it.

The hash of a row is SHA-256 over the canonical JSON of all its columns and a version tag. One advisory lock, held
to the end of the transaction, keeps writers in line; append last in a transaction so that it is held briefly.
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from ntro.types.canonical import canonical_json
from ntro_tenant.core.recording.json_values import exact, json_text

VERSION = "ntro-audit-1"
GENESIS = "0" * 64
EVENTS_CHANNEL = "ntro_events"
_CHAIN_LOCK = 0x6E74726F6C6F67  # "ntrolog"
_VERIFY_ROWS = 1000


@dataclass(frozen=True, slots=True)
class LogRow:
    """What the hash of a row covers. `payload` holds no number with a point; `at` is aware."""

    seq: int
    task_id: UUID | None
    workflow_id: str | None
    type: str
    source: str
    actor: str | None
    payload: dict[str, Any]
    at: datetime
    record_key: str | None
    prev_hash: str

    @property
    def hash(self) -> str:
        """The row's hash, lower-case hex."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return hashlib.sha256(canonical_json(asdict(self) | {"at": at, "version": VERSION}).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """The first row at which the chain does not hold, and which check failed there."""

    seq: int
    check: str


async def append_event(
    connection: asyncpg.Connection,
    *,
    type: str,  # noqa: A002 - the column's name
    source: str,
    payload: dict[str, Any],
    at: datetime,
    task_id: UUID | None = None,
    workflow_id: str | None = None,
    actor: str | None = None,
    record_key: str | None = None,
) -> int | None:
    """Appends an event within the caller's transaction and notifies `ntro_events` with `<task id> <seq>`.

    Returns its `seq`, or None where an event with `record_key` is there already.
    """
    await connection.execute("select pg_advisory_xact_lock($1)", _CHAIN_LOCK)
    if record_key is not None and await connection.fetchval(
        "select true from system.events where record_key = $1", record_key
    ):
        return None
    last = await connection.fetchrow("select seq, hash from system.events order by seq desc limit 1")
    row = LogRow(
        seq=last["seq"] + 1 if last else 1,
        task_id=task_id,
        workflow_id=workflow_id,
        type=type,
        source=source,
        actor=actor,
        payload=exact(payload),
        at=at,
        record_key=record_key,
        prev_hash=last["hash"] if last else GENESIS,
    )
    await connection.execute(
        "insert into system.events"
        " (seq, task_id, workflow_id, type, source, actor, payload, at, record_key, prev_hash, hash)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        row.seq,
        row.task_id,
        row.workflow_id,
        row.type,
        row.source,
        row.actor,
        json_text(row.payload),
        row.at,
        row.record_key,
        row.prev_hash,
        row.hash,
    )
    if task_id is not None:
        await connection.execute("select pg_notify($1, $2)", EVENTS_CHANNEL, f"{task_id} {row.seq}")
    return row.seq


async def verify_chain(connection: asyncpg.Connection) -> BrokenRow | None:
    """Checks numbering, links and hashes of the whole log, in order; None where all hold."""
    expected_seq, prev_hash = 1, GENESIS
    while rows := await connection.fetch(
        "select * from system.events where seq >= $1 order by seq limit $2", expected_seq, _VERIFY_ROWS
    ):
        for found in rows:
            if check := _failed_check(found, expected_seq, prev_hash):
                return BrokenRow(found["seq"], check)
            expected_seq, prev_hash = found["seq"] + 1, found["hash"]
    return None


def _failed_check(found: asyncpg.Record, expected_seq: int, prev_hash: str) -> str | None:
    if found["seq"] != expected_seq:
        return "sequence"
    if found["prev_hash"] != prev_hash:
        return "link"
    stored = dict(found)
    stored_hash = stored.pop("hash")
    return None if LogRow(**stored).hash == stored_hash else "hash"
