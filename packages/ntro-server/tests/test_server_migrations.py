"""Migrations: in order, once, all or nothing, one migrator at a time."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from ntro_server.migrations import Migration, MigrationError, apply_migrations, migrations_of_folder
from ntro_server.postgres import open_pool

FIRST = Migration(1, "001_things.sql", "create table things (id integer); insert into things values (1)")
SECOND = Migration(2, "002_more.sql", "insert into things values (2)")


async def test_each_migration_is_applied_once_and_in_order(database_url: str) -> None:
    async with await open_pool(database_url, application="test") as pool, pool.acquire() as connection:
        assert await apply_migrations(connection, "here", [FIRST]) == [FIRST.name]
        assert await apply_migrations(connection, "here", [FIRST, SECOND]) == [SECOND.name]
        assert await apply_migrations(connection, "here", [FIRST, SECOND]) == []
        assert [row["id"] for row in await connection.fetch("select id from things order by id")] == [1, 2]


async def test_a_script_that_changed_after_it_was_applied_is_refused(database_url: str) -> None:
    async with await open_pool(database_url, application="test") as pool, pool.acquire() as connection:
        await apply_migrations(connection, "here", [FIRST])
        changed = Migration(1, FIRST.name, "create table others (id integer)")
        with pytest.raises(MigrationError):
            await apply_migrations(connection, "here", [changed])


async def test_a_script_that_fails_leaves_nothing_behind_and_the_next_try_works(database_url: str) -> None:
    async with await open_pool(database_url, application="test") as pool, pool.acquire() as connection:
        broken = Migration(1, FIRST.name, FIRST.sql + "; select 1/0")
        with pytest.raises(MigrationError):
            await apply_migrations(connection, "here", [broken])
        assert await apply_migrations(connection, "here", [FIRST]) == [FIRST.name]


async def test_two_migrators_at_once_apply_each_script_once(database_url: str) -> None:
    async def migrate() -> list[str]:
        connection = await asyncpg.connect(database_url)
        try:
            return await apply_migrations(connection, "here", [FIRST, SECOND])
        finally:
            await connection.close()

    applied = await asyncio.gather(migrate(), migrate(), migrate())
    assert sorted(map(len, applied)) == [0, 0, 2]


async def test_origins_do_not_meet(database_url: str) -> None:
    async with await open_pool(database_url, application="test") as pool, pool.acquire() as connection:
        await apply_migrations(connection, "here", [FIRST])
        elsewhere = Migration(1, "001_bundle.sql", "create table bundle (id integer)")
        assert await apply_migrations(connection, "bundle:x", [elsewhere]) == [elsewhere.name]


@pytest.mark.parametrize("names", [["1_short.sql"], ["001_Upper.sql"], ["001_a.sql", "001_b.sql"], ["first.sql"]])
def test_misnamed_scripts_are_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("select 1")
    with pytest.raises(MigrationError):
        migrations_of_folder(tmp_path)


def test_a_folder_without_scripts_has_none(tmp_path: Path) -> None:
    assert migrations_of_folder(tmp_path / "none") == []
