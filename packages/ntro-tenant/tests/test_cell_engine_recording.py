"""The recorder: records become projection, log and reports once, however they are cut and repeated."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntro.workflow.records import RecordBatch, RunRecord
from ntro.workspace.wire import TaskReport
from ntro_server.postgres import open_pool, register_json
from ntro_tenant.core.recording.json_values import exact, json_text
from ntro_tenant.core.recording.log import GENESIS, LogRow, append_event, verify_chain
from ntro_tenant.core.recording.recorder import Recorder, RecordGapError, UnknownTaskError, apply_batch
from ntro_tenant.core.recording.reports import code_id, error_type

START = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
ENTITY = UUID("22222222-2222-4222-8222-222222222222")
STEPS = [{"id": "collect", "title": "Collect"}, {"id": "review", "title": "Review", "icon": "eye"}]
GATE = {"gate_id": "g1", "step_id": "review", "kind": "interactive_review", "payload": {"nav": 1.5}}


def records(*given_records: tuple[str, dict]) -> list[RunRecord]:
    return [
        RunRecord(n=n, type=kind, at=START + timedelta(seconds=n), data=data)
        for n, (kind, data) in enumerate(given_records, start=1)
    ]


WHOLE_RUN = records(
    ("run.started", {"slug": "nav-monthly", "steps": STEPS}),
    ("step.started", {"step_id": "collect", "title": "Collect", "visit": 1}),
    ("child.started", {"workflow_id": "x:collect:document-ingest", "step_id": "collect", "slug": "document-ingest"}),
    ("step.completed", {"step_id": "collect", "visit": 1, "snapshot": {"payload": {"files": 3}}}),
    ("step.started", {"step_id": "review", "title": "Review", "visit": 1}),
    ("gate.opened", GATE | {"payload_hash": "h1", "tools": ["a"], "deadline": "2026-04-02T00:00:00+00:00"}),
    ("decision.ignored", {"gate_id": "g0", "actor": "eve", "reason": "not open"}),
    ("gate.updated", {"gate_id": "g1", "payload": {"nav": 2.5}, "payload_hash": "h2"}),
    ("gate.closed", {"gate_id": "g1", "outcome": "decided", "decision": {"actor": "ann", "reason": "fine\x00"}}),
    ("business", {"event_type": "nav.signed", "payload": {"confidence": 0.1}}),
    ("step.completed", {"step_id": "review", "visit": 1, "snapshot": None}),
    ("run.completed", {"result": {"nav": "1000.00"}}),
)


@pytest.fixture
async def pool(cell_database_url: str):
    async with await open_pool(cell_database_url, application="test", max_size=4) as opened:
        async with opened.acquire() as connection:
            await connection.execute("insert into system.entities (id, slug, name) values ($1, 'spv', 'SPV')", ENTITY)
        yield opened


async def new_task(connection: asyncpg.Connection) -> UUID:
    task_id = uuid4()
    await connection.execute(
        "insert into system.tasks (id, title, status, entity_id, workflow_id, runbook_slug, runbook_version, period)"
        " values ($1, 'NAV', 'READY', $2, $3, 'nav-monthly', '1.0.0', '2026-03')",
        task_id,
        ENTITY,
        uuid4(),
    )
    return task_id


def batch(
    task_id: UUID, part: list[RunRecord], *, workflow_id: str | None = None, run_id: str | None = None
) -> RecordBatch:
    run = run_id or str(UUID(int=7))
    return RecordBatch(workflow_id=workflow_id or str(task_id), run_id=run, task_id=str(task_id), records=part)


async def test_a_task_follows_its_run_from_queued_to_completed(pool: asyncpg.Pool):
    recorder = Recorder(pool, version="1.0.0")
    task_id = await new_task(pool)
    seen = []
    for record in WHOLE_RUN:
        await recorder.apply(batch(task_id, [record]))
        seen.append(await pool.fetchval("select status from system.tasks where id = $1", task_id))
    assert seen == ["IN_PROGRESS"] * 5 + ["BLOCKED"] * 3 + ["IN_PROGRESS"] * 3 + ["COMPLETED"]
    task = await pool.fetchrow("select * from system.tasks where id = $1", task_id)
    assert task["result"] == {"nav": "1000.00"}
    assert task["closed_at"] == WHOLE_RUN[-1].at
    assert await pool.fetchval("select runbook_version from system.runs") == "1.0.0"
    gate = await pool.fetchrow("select * from system.gates")
    assert (gate["status"], gate["payload_hash"], gate["decision"]["actor"]) == ("decided", "h2", "ann")


async def test_checks_of_a_gate_are_kept_with_it_and_only_their_hash_is_logged(pool: asyncpg.Pool):
    task_id = await new_task(pool)
    item = {"id": "journal_balanced", "title": "Balances", "status": "pass", "detail": "Debits 1.00", "confidence": 1.0}
    checks = {"status": "pass", "summary": "1 passing", "skipped_reason": None, "items": [item]}
    [updated] = records(("gate.updated", {"gate_id": "g1", "checks": checks}))
    opened = WHOLE_RUN[:6]
    await Recorder(pool).apply(batch(task_id, [*opened, updated.model_copy(update={"n": len(opened) + 1})]))
    assert await pool.fetchval("select checks from system.gates") == checks
    logged = await pool.fetchval("select payload from system.events where type = 'gate.updated'")
    assert set(logged) == {"gate_id", "checks_sha256"}


async def test_reports_number_each_change_and_hold_no_content(pool: asyncpg.Pool):
    task_id = await new_task(pool)
    for record in WHOLE_RUN:
        await Recorder(pool).apply(batch(task_id, [record]))
    rows = await pool.fetch("select seq, report from system.outbox order by id")
    reports = [TaskReport.model_validate(row["report"]) for row in rows]
    assert [report.seq for report in reports] == list(range(1, len(rows) + 1))
    assert [report.status.value for report in reports if report.open_gates] == ["BLOCKED", "BLOCKED"]
    assert [(step.name, step.status.value) for step in reports[-1].steps] == [
        ("collect", "COMPLETED"),
        ("review", "COMPLETED"),
    ]
    assert "fine" not in str([row["report"] for row in rows])


async def test_the_log_keeps_comments_and_hashes_but_no_payloads(pool: asyncpg.Pool):
    task_id = await new_task(pool)
    await Recorder(pool).apply(batch(task_id, WHOLE_RUN))
    events = await pool.fetch("select type, actor, payload from system.events order by seq")
    by_type = {event["type"]: event for event in events}
    assert by_type["gate.closed"]["actor"] == "ann"
    assert by_type["gate.closed"]["payload"]["decision"]["reason"] == "fine\ufffd"
    assert "payload" not in by_type["gate.opened"]["payload"]
    assert by_type["gate.opened"]["payload"]["payload_hash"] == "h1"
    assert by_type["nav.signed"]["payload"]["payload"] == {"confidence": "0.1"}
    assert by_type["decision.ignored"]["actor"] == "eve"


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), pieces=st.integers(1, 12))
async def test_any_cut_and_repetition_of_a_run_gives_the_same_projection(pool: asyncpg.Pool, seed: int, pieces: int):
    chance = random.Random(seed)
    cuts = sorted(chance.sample(range(1, len(WHOLE_RUN)), pieces - 1))
    parts = [WHOLE_RUN[a:b] for a, b in zip([0, *cuts], [*cuts, len(WHOLE_RUN)], strict=True)]
    async with pool.acquire() as connection:
        outer = connection.transaction()
        await outer.start()
        try:
            once, cut = await new_task(connection), await new_task(connection)
            for part in (WHOLE_RUN,):
                await apply_batch(connection, batch(once, renamed(part, once)))
            for index, part in enumerate(parts):
                repeated = chance.choice([part, parts[chance.randrange(index + 1)], WHOLE_RUN[: part[-1].n]])
                for given_part in (part, repeated):
                    await apply_batch(connection, batch(cut, renamed(chance.sample(given_part, len(given_part)), cut)))
            assert await projection(connection, once) == await projection(connection, cut)
            assert await verify_chain(connection) is None
        finally:
            await outer.rollback()


def renamed(part: list[RunRecord], task_id: UUID) -> list[RunRecord]:
    """Gate ids are unique in a cell, so each task's have its id before them."""
    return [
        record.model_copy(update={"data": record.data | {"gate_id": f"{task_id}/{record.data['gate_id']}"}})
        if "gate_id" in record.data
        else record
        for record in part
    ]


async def projection(connection: asyncpg.Connection, task_id: UUID) -> list[list[dict]]:
    private = {"id", "task_id", "workflow_id", "report_seq", "created_at", "updated_at", "seq", "prev_hash", "hash"}
    queries = {
        "system.tasks": "id = $1::text::uuid",
        "system.runs": "workflow_id = $1::text",
        "system.steps": "workflow_id = $1::text",
        "system.gates": "task_id = $1::text::uuid",
        "system.events": "task_id = $1::text::uuid",
    }
    found = []
    for table, where in queries.items():
        rows = await connection.fetch(f"select * from {table} where {where}", str(task_id))
        kept = [{key: value for key, value in row.items() if key not in private} for row in rows]
        found.append(str(sorted(map(str, kept))).replace(str(task_id), ""))
    return found


async def test_a_record_that_comes_before_its_predecessor_waits(pool: asyncpg.Pool):
    task_id = await new_task(pool)
    recorder = Recorder(pool)
    await recorder.apply(batch(task_id, WHOLE_RUN[:2]))
    with pytest.raises(RecordGapError):
        await recorder.apply(batch(task_id, WHOLE_RUN[3:5]))
    await recorder.apply(batch(task_id, WHOLE_RUN[2:5]))
    assert await pool.fetchval("select last_record from system.runs") == 5


async def test_records_of_an_unknown_task_are_refused(pool: asyncpg.Pool):
    with pytest.raises(UnknownTaskError):
        await Recorder(pool).apply(batch(uuid4(), WHOLE_RUN[:1]))


async def test_a_late_batch_of_an_earlier_run_under_the_same_id_changes_nothing(pool: asyncpg.Pool):
    task_id, recorder = await new_task(pool), Recorder(pool)
    await recorder.apply(batch(task_id, WHOLE_RUN[:4]))
    await recorder.apply(batch(task_id, WHOLE_RUN[:2], run_id=str(UUID(int=8))))
    await recorder.apply(batch(task_id, WHOLE_RUN[:4]))
    assert await pool.fetchval("select run_id from system.runs") == str(UUID(int=8))


async def test_a_task_is_blocked_while_a_child_waits_and_its_open_rest_ends_with_it(pool: asyncpg.Pool):
    task_id, recorder = await new_task(pool), Recorder(pool)
    child = f"{task_id}:collect:document-ingest:bank"
    await recorder.apply(batch(task_id, WHOLE_RUN[:2]))
    opened = records(
        ("run.started", {"slug": "document-ingest", "parent_workflow_id": str(task_id), "steps": STEPS}),
        ("gate.opened", {"gate_id": "c1", "kind": "submit_file", "step_id": None}),
    )
    await recorder.apply(batch(task_id, opened, workflow_id=child))
    assert await pool.fetchval("select status from system.tasks where id = $1", task_id) == "BLOCKED"
    report = await pool.fetchval("select report from system.outbox order by id desc limit 1")
    assert report["awaiting"] == "submit_file"
    failed = RunRecord(n=3, type="run.failed", at=START, data={"error_type": "TimeoutError", "message": "late"})
    await recorder.apply(batch(task_id, [failed]))
    task = await pool.fetchrow("select status, failure from system.tasks where id = $1", task_id)
    assert (task["status"], task["failure"]["type"]) == ("FAILED", "TimeoutError")
    assert await pool.fetchval("select status from system.gates") == "cancelled"
    assert await pool.fetchval("select status from system.runs where workflow_id = $1", child) == "CANCELLED"


async def test_a_cancelled_run_makes_the_task_failed_as_cancelled(pool: asyncpg.Pool):
    task_id = await new_task(pool)
    run = records(("run.started", {"slug": "nav-monthly", "steps": []}), ("run.cancelled", {"step_id": None}))
    await Recorder(pool).apply(batch(task_id, run))
    task = await pool.fetchrow("select status, failure from system.tasks where id = $1", task_id)
    assert (task["status"], task["failure"]["type"]) == ("FAILED", "Cancelled")


def test_the_hash_of_a_log_row_is_what_it_always_was():
    row = LogRow(
        seq=1,
        task_id=UUID(int=1),
        workflow_id="00000000-0000-0000-0000-000000000001",
        type="gate.closed",
        source="worker",
        actor="Ann Müller",
        payload={"decision": {"action": "approved", "reason": "geprüft"}, "n": 3},
        at=START,
        record_key="a:b:1",
        prev_hash=GENESIS,
    )
    assert row.hash == "1dbacc09461a8991811f4292197eebebac4185bbb698c89b337a000bc847386a"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ("update system.events set payload = '{\"n\": 9}' where seq = 2", "hash"),
        ("update system.events set actor = 'eve' where seq = 2", "hash"),
        ("update system.events set at = at + interval '1 microsecond' where seq = 2", "hash"),
        ("update system.events set record_key = 'other' where seq = 2", "hash"),
        ("update system.events set prev_hash = repeat('0', 64) where seq = 2", "link"),
        ("delete from system.events where seq = 2", "sequence"),
    ],
)
async def test_tampering_with_the_log_is_found(pool: asyncpg.Pool, change: str, check: str):
    async with pool.acquire() as connection:
        for n in range(3):
            async with connection.transaction():
                await append_event(connection, type="t", source="test", payload={"n": n, "x": 0.1, "y": 1e22}, at=START)
        assert await verify_chain(connection) is None
        await connection.execute("set session_replication_role = replica")  # as who may switch the guard off
        await connection.execute(change)
        broken = await verify_chain(connection)
        assert broken is not None
        assert broken.check == check


async def test_the_log_refuses_changes(pool: asyncpg.Pool):
    async with pool.acquire() as connection:
        async with connection.transaction():
            await append_event(connection, type="t", source="test", payload={}, at=START)
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute("update system.events set actor = 'eve'")


async def test_an_event_with_the_same_key_is_appended_once_and_listeners_hear_of_it(
    pool: asyncpg.Pool, cell_database_url: str
):
    heard = []
    listener = await asyncpg.connect(cell_database_url)
    try:
        await listener.add_listener("ntro_events", lambda *given: heard.append(given[-1]))
        task_id = await new_task(pool)
        async with pool.acquire() as connection:
            for _ in range(2):
                async with connection.transaction():
                    await append_event(
                        connection, type="t", source="test", payload={}, at=START, task_id=task_id, record_key="k"
                    )
        await listener.execute("select 1")
        assert heard == [f"{task_id} 1"]
    finally:
        await listener.close()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=10,
    )
)
async def test_whatever_is_logged_reads_back_as_it_was_hashed(cell_database_url: str, value: object):
    connection = await asyncpg.connect(cell_database_url)
    try:
        await register_json(connection)
        stored = await connection.fetchval("select $1::jsonb", json_text(exact({"value": value})))
        assert stored == exact({"value": value})
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("name", "code"),
    [("Collect Files", "collect-files"), ("_x", "x"), ("", "step"), ("é", "step"), ("a" * 99, "a" * 64)],
)
def test_a_step_name_becomes_an_identifier_that_may_cross(name: str, code: str) -> None:
    assert code_id(name) == code


@pytest.mark.parametrize(
    ("name", "kept"), [("ValueError", "ValueError"), ("a b: 12", "ab12"), ("9x", "Error"), ("", "Error")]
)
def test_a_failure_type_becomes_a_class_name(name: str, kept: str) -> None:
    assert error_type(name) == kept
