"""Scripts of bundles: they make tables in the ledgers, whose rows keep their history, and reach nothing else."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from ntro.runbook.bundle import BundleError, load_bundle
from ntro.subledger import registry
from ntro_cli.stack.databases import ensure_database
from ntro_server.migrations import Migration, MigrationError, migrations_of_folder
from ntro_server.postgres import register_json
from ntro_tenant.__main__ import migrate
from ntro_tenant.ops.bundle_scripts import run_bundle_scripts

LEASES = """
create table ledgers.leases (
    id uuid primary key default gen_random_uuid(), entity_id uuid not null, period text not null, task_id uuid not null,
    status text not null, source_ref text, validation_errors jsonb, raw_payload jsonb,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now(), tenant text);
create index leases_entity on ledgers.leases (entity_id);
"""
TYPE = """
from ntro.subledger.registry import register_type
from ntro.subledger.row import Row


@register_type("leases", owner_runbook="letting")
class LeaseRow(Row):
    tenant: str | None = None
"""
WORKFLOW = """
from ntro.workflow import NtroWorkflow, runbook

from .subledgers.leases import LeaseRow


@runbook.defn
class LettingWorkflow(NtroWorkflow):
    row_class = LeaseRow

    @runbook.run
    async def run(self, context: dict) -> dict:
        return context
"""


@pytest.fixture
async def cell(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A cell's database as the stack makes it, entered as the cell enters it: as a user who may make no roles."""
    name = f"cell_{uuid4().hex[:20]}"
    await ensure_database(postgres_url, name, "secret")
    address = postgres_url.rsplit("@", 1)[1].rsplit("/", 1)[0]
    url = f"postgresql://{name}:secret@{address}/{name}"
    await migrate(url)
    connection = await asyncpg.connect(url)
    await register_json(connection)
    yield connection
    await connection.close()
    admin = await asyncpg.connect(postgres_url)
    await admin.execute(f"drop database {name} with (force)")
    await admin.execute(f"drop role {name}")
    await admin.execute(f"drop role {name}_bundles")
    await admin.close()


def scripts(*texts: str) -> list[Migration]:
    return [Migration(number, f"{number:03}_x.sql", text) for number, text in enumerate(texts, start=1)]


async def insert(cell: asyncpg.Connection) -> None:
    await cell.execute(
        "insert into ledgers.leases (entity_id, period, task_id, status)"
        " values (gen_random_uuid(), '2026-03', gen_random_uuid(), 'PENDING')"
    )


async def test_a_bundles_table_is_used_by_the_cell_and_keeps_its_history(cell: asyncpg.Connection):
    assert await run_bundle_scripts(cell, "letting", scripts(LEASES)) == ["001_x.sql"]
    assert await run_bundle_scripts(cell, "letting", scripts(LEASES)) == []
    await insert(cell)
    await cell.execute("update ledgers.leases set tenant = 'A'")
    changes = await cell.fetch("select ledger, operation, new from ledgers.row_changes order by seq")
    assert [(change["ledger"], change["operation"]) for change in changes] == [
        ("leases", "INSERT"),
        ("leases", "UPDATE"),
    ]
    assert changes[1]["new"] == {"tenant": "A"}


async def test_a_later_version_changes_the_tables_of_the_bundle(cell: asyncpg.Connection):
    await run_bundle_scripts(cell, "letting", scripts(LEASES))
    await insert(cell)
    later = (
        "alter table ledgers.leases add column deposit numeric(20, 4) references ledgers.nothing",
        "alter table ledgers.leases add column deposit numeric(20, 4); update ledgers.leases set deposit = 5",
    )
    with pytest.raises(MigrationError):
        await run_bundle_scripts(cell, "letting", scripts(LEASES, later[0]))
    assert await run_bundle_scripts(cell, "letting", scripts(LEASES, later[1])) == ["002_x.sql"]
    assert await cell.fetchval("select new from ledgers.row_changes order by seq desc limit 1") == {"deposit": 5}


@pytest.mark.parametrize(
    "script",
    [
        "drop table ledgers.journals",
        "alter table ledgers.expenses add column x text",
        "insert into ledgers.journals select * from ledgers.journals",
        "update ledgers.expenses set status = 'POSTED'",
        "delete from ledgers.row_changes",
        "create table system.x (id integer)",
        "select count(*) from system.events",
        "select count(*) from ingest.submitted_documents",
        "create table public.x (id integer)",
        "create table x (id integer)",
        "create schema x",
        "delete from public.applied_migrations",
        "reset role; drop table system.tasks",
        "set role none",
        "set session authorization default",
        "do $$ begin execute 'reset ' || 'role'; end $$; drop table ledgers.expenses",
        "commit; drop table ledgers.expenses",
        "alter function ledgers.record_row_change() security invoker",
    ],
)
async def test_a_script_that_reaches_beyond_its_own_tables_is_refused_and_leaves_nothing(
    cell: asyncpg.Connection, script: str
):
    with pytest.raises(MigrationError):
        await run_bundle_scripts(cell, "letting", scripts(f"{LEASES}; {script}"))
    assert not await cell.fetchval("select to_regclass('ledgers.leases') is not null")
    assert await cell.fetchval("select current_user = session_user")


async def test_two_bundles_are_deployed_at_once(cell: asyncpg.Connection, postgres_url: str):
    user, database = await cell.fetchval("select current_user"), await cell.fetchval("select current_database()")
    address = postgres_url.rsplit("@", 1)[1].rsplit("/", 1)[0]
    other = await asyncpg.connect(f"postgresql://{user}:secret@{address}/{database}")
    try:
        done = await asyncio.gather(
            run_bundle_scripts(cell, "letting", scripts(LEASES)),
            run_bundle_scripts(other, "selling", scripts("create table ledgers.sales (id uuid)")),
        )
    finally:
        await other.close()
    assert done == [["001_x.sql"], ["001_x.sql"]]


async def test_without_the_role_the_administrator_is_told_what_to_do(cell: asyncpg.Connection, postgres_url: str):
    user = await cell.fetchval("select current_user")
    admin = await asyncpg.connect(postgres_url)
    try:
        await admin.execute(f"drop role {user}_bundles")
        with pytest.raises(MigrationError):
            await run_bundle_scripts(cell, "letting", scripts(LEASES))
        assert await run_bundle_scripts(cell, "letting", []) == []
    finally:
        await admin.execute(f"create role {user}_bundles nologin")
        await admin.close()


def bundle(folder: Path, row_type: str = TYPE) -> Path:
    for name, text in (
        ("templates/workflow.py", WORKFLOW),
        ("subledgers/leases.py", row_type),
        ("subledgers/_notes.py", "raise RuntimeError"),
        ("migrations/001_leases.sql", LEASES),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


async def test_a_bundle_brings_its_type_and_its_table(cell: asyncpg.Connection, tmp_path: Path):
    first = bundle(tmp_path / "1.0.0")
    await run_bundle_scripts(cell, "letting", migrations_of_folder(first / "migrations"))
    loaded = load_bundle(first, slug="letting", activity_modules=())
    entry = registry.lookup("leases")
    assert (entry.owner_runbook, entry.row_class) == ("letting", loaded.workflow_class.row_class)  # type: ignore[attr-defined]  # of the text above
    changed = TYPE + "    deposit: str | None = None\n"
    load_bundle(bundle(tmp_path / "1.1.0", changed), slug="letting", activity_modules=())
    assert "deposit" in registry.lookup("leases").row_class.model_fields
    with pytest.raises(BundleError):
        load_bundle(bundle(tmp_path / "other", TYPE.replace('"letting"', '"else"')), slug="o", activity_modules=())
