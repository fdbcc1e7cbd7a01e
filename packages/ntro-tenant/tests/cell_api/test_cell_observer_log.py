"""The observer at work on a cell: what it notes in the log, once, whatever happens to it, and changing nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from ntro.capabilities import config
from ntro.capabilities.secret import Secret
from ntro_server.postgres import open_pool, register_json
from ntro_tenant.core.recording.log import append_event, verify_chain
from ntro_tenant.observer.durations import MIN_RUNS
from ntro_tenant.observer.observer import observe_deadlines, observe_next
from ntro_tenant.observer.remarks import remark_all
from ntro_tenant.observer.watching import Watcher

CSV = b"date,amount\n2026-03-01,12.50\n"


class Cell:
    """A cell's log, with an observer that has read none of it."""

    def __init__(self, books: Any, pool: asyncpg.Pool) -> None:
        self.books = books
        self.pool = pool

    async def configure(self, **config: Any) -> None:
        await self.books.connection.execute("update system.tenant set config = $1", config)

    async def closed(self, period: str, nav: str) -> UUID:
        """A task of a period that tells of its close."""
        task: UUID = await self.books.task()
        await self.books.connection.execute("update system.tasks set period = $2 where id = $1", task, period)
        await self.tell(task, "period.closed", {"nav": nav})
        return task

    async def tell(self, task: UUID, kind: str, payload: Any, *, source: str = "runbook", run: str = "") -> None:
        said = {"payload": payload} if source == "runbook" else payload
        async with self.books.connection.transaction():
            await append_event(
                self.books.connection,
                type=kind,
                source=source,
                payload=said,
                at=self.books.tick(),
                task_id=task,
                workflow_id=run or str(task),
            )

    async def worked(self, milliseconds: int, *, waited: int = 0) -> UUID:
        """A task whose step worked so long, beside what it waited at a gate."""
        task: UUID = await self.books.task()
        began = self.books.tick()
        ended = began + timedelta(milliseconds=milliseconds + waited)
        self.books.moment = ended
        await self.books.step(str(task), "read", status="completed")
        await self.books.connection.execute(
            "update system.steps set started_at = $2, completed_at = $3 where workflow_id = $1", str(task), began, ended
        )
        if waited:
            gate = await self.books.gate(task, str(task), step_id="read", opened_at=began, status="decided")
            await self.books.connection.execute(
                "update system.gates set closed_at = $2 where id = $1", gate, began + timedelta(milliseconds=waited)
            )
        await self.tell(task, "step.completed", {"step_id": "read", "visit": 1}, source="worker")
        return task

    async def observe(self) -> list[dict[str, Any]]:
        while await observe_next(self.pool):
            continue
        return await self.noted()

    async def noted(self) -> list[dict[str, Any]]:
        rows = await self.books.connection.fetch(
            "select task_id, workflow_id, source, actor, payload from system.events where type = 'observation'"
            " order by seq"
        )
        return [dict(row) | dict(row["payload"]) for row in rows]


@pytest.fixture
async def cell(books: Any, cell_database: str) -> AsyncIterator[Cell]:
    async with beside(books, cell_database) as found:
        yield found


@asynccontextmanager
async def beside(books: Any, url: str) -> AsyncIterator[Cell]:
    await books.connection.execute(
        "insert into system.observer (observed, remarked) values (0, 0)"
        " on conflict (only_one) do update set observed = 0, remarked = 0"
    )
    async with await open_pool(url, application="test-observer", max_size=3) as pool:
        yield Cell(books, pool)


async def test_a_figure_far_from_the_period_before_is_noted_in_the_tasks_timeline(cell: Cell, anna: httpx2.AsyncClient):
    await cell.closed("2026-01", "500.00")
    await cell.closed("2026-02", "100.00")
    task = await cell.closed("2026-03", "130.00")
    *_, noted = await cell.observe()
    assert (noted["rule"], noted["task_id"], noted["workflow_id"]) == ("variance", task, str(task))
    assert (noted["source"], noted["actor"], noted["evidence"]["period"]) == ("observer", None, "2026-02")
    events = (await anna.get(f"/tasks/{task}/events")).json()
    assert [event["type"] for event in events] == ["period.closed", "observation"]
    assert noted["about"] == events[0]["seq"]
    page = await anna.get(f"http://cell.test/tasks/{task}")
    assert noted["message"] in page.text
    assert await verify_chain(cell.books.connection) is None


async def test_the_same_bytes_submitted_again_are_noted(cell: Cell, anna: httpx2.AsyncClient):
    tasks = [await cell.books.task(), await cell.books.task()]
    sent = [(await anna.post(f"/tasks/{task}/files?filename=a.csv&source=bank", content=CSV)).json() for task in tasks]
    (noted,) = await cell.observe()
    assert (noted["rule"], noted["task_id"]) == ("duplicate_bytes", tasks[1])
    assert [one["document_id"] for one in noted["evidence"]["earlier"]] == [sent[0]["id"]]


async def test_the_same_invoice_in_another_document_is_noted_across_tasks(cell: Cell):
    for document in ("a", "b", "b"):
        invoice = {"sha256": document, "fields": {"invoice_number": "R-1", "total": "12.50", "vendor": "Acme"}}
        await cell.tell(await cell.books.task(), "document.parsed", invoice)
    assert [noted["rule"] for noted in await cell.observe()] == ["duplicate_invoice", "duplicate_invoice"]


async def test_a_step_that_took_far_longer_than_usual_is_noted_and_waiting_for_people_is_not_counted(cell: Cell):
    for number in range(MIN_RUNS):
        await cell.worked(1000 + number)
    await cell.worked(1000, waited=3_600_000)
    assert await cell.observe() == []
    task = await cell.worked(60_000)
    (noted,) = await cell.observe()
    assert (noted["rule"], noted["task_id"]) == ("unusual_duration", task)
    assert (noted["evidence"]["took_ms"], noted["evidence"]["runs"]) == (60_000, MIN_RUNS + 1)


async def test_a_document_that_is_missing_near_its_deadline_is_noted_once(cell: Cell):
    task = await cell.books.task(status="BLOCKED")
    now = datetime.now(UTC)
    soon = {"opened_at": now - timedelta(hours=9), "deadline": now + timedelta(hours=1)}
    gate = await cell.books.file_gate(task, str(task), "bank", **soon)
    await cell.books.file_gate(task, str(task), "tb", opened_at=now, deadline=now + timedelta(hours=9))
    assert [await observe_deadlines(cell.pool, now) for _ in range(2)] == [1, 0]
    (noted,) = await cell.noted()
    assert (noted["rule"], noted["evidence"]["gate_id"]) == ("missing_document", gate)


async def test_switched_off_it_notes_nothing_and_does_not_catch_up_later(cell: Cell):
    await cell.configure(observer={"mode": "off"})
    task = await cell.books.task()
    await cell.tell(task, "extraction.completed", {"confidence_scores": {"total": "0.2"}})
    assert await cell.observe() == []
    await cell.configure(observer={"mode": "rules-only"})
    assert await cell.observe() == []
    await cell.tell(task, "extraction.completed", {"confidence_scores": {"total": "0.2"}})
    assert [noted["rule"] for noted in await cell.observe()] == ["low_confidence"]


async def test_it_observes_as_things_happen_and_after_its_connection_was_ended(cell: Cell):
    task = await cell.books.task()
    watcher = Watcher(cell.pool)
    for expected in (1, 2):
        watching = asyncio.create_task(watcher.run())
        await cell.tell(task, "extraction.completed", {"confidence": "0.2"})
        async with asyncio.timeout(20):
            while len(await cell.noted()) < expected:  # noqa: ASYNC110 - another connection writes it
                await asyncio.sleep(0.02)
        await cell.books.connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'test-observer' and query ilike 'listen%'"
        )
        async with asyncio.timeout(20):
            with pytest.raises(ConnectionError):
                await watching


async def test_killed_at_any_moment_it_notes_everything_once(cell: Cell):
    task = await cell.books.task()
    for _ in range(5):
        await cell.tell(task, "extraction.completed", {"confidence": "0.2"})
    for pause in range(12):
        observing = asyncio.create_task(observe_next(cell.pool))
        await asyncio.sleep(pause / 1000)
        observing.cancel()
        await asyncio.gather(observing, return_exceptions=True)
    noted = await cell.observe()
    assert len({one["about"] for one in noted}) == len(noted) == 5
    assert await verify_chain(cell.books.connection) is None


@pytest.fixture
def provider(httpserver: HTTPServer) -> Any:
    """A model's server, and the worker's configuration that names it."""
    before = config.get()
    named = {"anthropic_api_key": Secret("k"), "anthropic_base_url": httpserver.url_for("").rstrip("/")}
    config.set(before.model_copy(update=named))
    yield httpserver
    config.set(before)


def answering(provider: HTTPServer, text: str) -> None:
    answer = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 9, "output_tokens": 3},
    }
    provider.expect_request("/v1/messages", method="POST").respond_with_json(answer)


async def test_a_model_remarks_on_an_observation_once_and_with_its_provenance(cell: Cell, provider: HTTPServer):
    answering(provider, "Look at the date.")
    await cell.configure(observer={"mode": "on"})
    await cell.tell(await cell.books.task(), "extraction.completed", {"confidence": "0.2", "fields": {"x": "canary"}})
    await cell.observe()
    await remark_all(cell.pool)
    await remark_all(cell.pool)
    _, remark = await cell.observe()
    assert (remark["rule"], remark["message"]) == ("remark", "Look at the date.")
    assert {"provider", "model", "prompt_version", "prompt_sha256", "answer"} <= remark["evidence"].keys()
    ((request, _),) = provider.log
    assert "canary" not in request.get_data(as_text=True)


@pytest.mark.parametrize("mode", ["rules-only", "off"])
async def test_no_model_is_asked_unless_the_tenant_wants_it(cell: Cell, provider: HTTPServer, mode: str):
    await cell.tell(await cell.books.task(), "extraction.completed", {"confidence": "0.2"})
    await cell.observe()
    await cell.configure(observer={"mode": mode})
    await remark_all(cell.pool)
    assert provider.log == []
    assert len(await cell.noted()) == 1


async def test_a_model_that_fails_leaves_the_observation_as_it_is_and_is_not_asked_again(
    cell: Cell, provider: HTTPServer
):
    provider.expect_request("/v1/messages", method="POST").respond_with_json(
        {"type": "error", "error": {"type": "invalid_request_error", "message": "no"}}, status=400
    )
    await cell.configure(observer={"mode": "on"})
    await cell.tell(await cell.books.task(), "extraction.completed", {"confidence": "0.2"})
    await cell.observe()
    for _ in range(2):
        await remark_all(cell.pool)
    assert len(provider.log) == 1
    assert [noted["rule"] for noted in await cell.noted()] == ["low_confidence"]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["extraction.completed", "document.parsed", "period.closed", "anything"]),
        st.fixed_dictionaries(
            {},
            optional={
                "confidence": st.sampled_from(["0.1", "0.9", "x"]),
                "nav": st.decimals(0, 1000, places=2).map(str),
                "fields": st.fixed_dictionaries(
                    {"number": st.just("1"), "total": st.just("2"), "vendor": st.just("a")}
                ),
                "sha256": st.sampled_from(["a", "b"]),
            },
        ),
        st.sampled_from(["2026-01", "2026-02", "2026-03"]),
    ),
    max_size=6,
)
TABLES = """
select format('%I.%I', schemaname, tablename) as name from pg_tables
where schemaname in ('ingest', 'ledgers', 'system') and tablename not in ('events', 'observer') order by 1
"""


async def everything(connection: asyncpg.Connection) -> dict[str, list[str]]:
    """All rows of the cell but what the observer may write, and the log without its observations."""
    names = [row["name"] for row in await connection.fetch(TABLES)] + ["system.events"]
    rows = {name: await connection.fetch(f"select to_jsonb(t)::text as row from {name} t order by 1") for name in names}
    kept = {name: [row["row"] for row in found] for name, found in rows.items()}
    kept["system.events"] = [row for row in kept["system.events"] if '"source": "observer"' not in row]
    return kept


@given(events=EVENTS)
@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_changes_nothing_but_its_own_rows(
    events: list[tuple[str, dict[str, Any], str]], migrated_cell_database: str, books_type: Any
):
    async def check() -> None:
        connection = await asyncpg.connect(migrated_cell_database)
        await register_json(connection)
        books = books_type(connection, uuid4())
        try:
            await connection.execute("set session_replication_role = replica")
            for row in await connection.fetch(TABLES):
                await connection.execute(f"delete from {row['name']}")
            await connection.execute("delete from system.events; delete from system.observer")
            await connection.execute("set session_replication_role = default")
            await books.begin()
            async with beside(books, migrated_cell_database) as cell:
                for kind, payload, period in events:
                    task = await books.task()
                    await connection.execute("update system.tasks set period = $2 where id = $1", task, period)
                    await cell.tell(task, kind, payload)
                before = await everything(connection)
                await cell.observe()
                assert await everything(connection) == before
                assert await verify_chain(connection) is None
        finally:
            await connection.execute("set session_replication_role = replica")
            for row in await connection.fetch(TABLES):
                await connection.execute(f"delete from {row['name']}")
            await connection.execute("delete from system.events; delete from system.observer")
            await connection.close()

    asyncio.run(check())
