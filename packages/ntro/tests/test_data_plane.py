"""The tenant's database as runbooks see it, against a real PostgreSQL."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from ntro import data
from ntro.capabilities import config
from ntro.data._codecs import _decode_date, _decode_time, _encode_date, _encode_numeric, _encode_time
from ntro.data._json import json_value


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[data.DataPlane]:
    config.set(config.WorkerConfig(tenant_slug="acme", tenant_postgres_url=SecretStr(database_url)))
    try:
        yield await data.get_data_plane("acme")
    finally:
        await data.close_data_planes()
        config.reset()


async def test_rows_are_dicts_and_execute_returns_the_status_tag(db: data.DataPlane):
    assert isinstance(db, data.DataPlane)
    assert await db.execute("create table kept (id integer)") == "CREATE TABLE"
    assert await db.execute("insert into kept select generate_series(1, 5)") == "INSERT 0 5"
    assert await db.execute("update kept set id = id + 1") == "UPDATE 5"
    assert await db.fetch("select id from kept order by id limit 2") == [{"id": 2}, {"id": 3}]
    assert await db.fetchrow("select id from kept where id = 99") is None


async def test_json_goes_in_as_text_or_object_and_comes_out_as_object(db: data.DataPlane):
    value = {"amount": Decimal("0.10"), "on": date(2026, 1, 31), "id": UUID(int=7), "rows": [1, None, True]}
    plain = {"amount": "0.10", "on": "2026-01-31", "id": str(UUID(int=7)), "rows": [1, None, True]}
    for given_value in (value, json.dumps(plain)):
        row = await db.fetchrow("select $1::jsonb as value, $1::jsonb->>'amount' as amount", given_value)
        assert row == {"value": plain, "amount": "0.10"}


async def test_numbers_with_a_point_are_read_from_json_exactly(db: data.DataPlane):
    row = await db.fetchrow("""select '{"a": 0.1, "b": 3}'::jsonb as value""")
    assert row == {"value": {"a": Decimal("0.1"), "b": 3}}
    assert isinstance(row["value"]["a"], Decimal)


async def test_a_decimal_keeps_its_scale_and_every_digit(db: data.DataPlane):
    amount = Decimal("123456789012345.6700")
    row = await db.fetchrow("select $1::numeric as direct, $2::numeric as from_text", amount, "123456789012345.6700")
    assert row is not None
    assert [str(value) for value in row.values()] == [str(amount), str(amount)]


async def test_dates_and_times_may_be_given_as_text(db: data.DataPlane):
    row = await db.fetchrow(
        "select $1::date as day, $2::date as of_time, $3::timestamptz as moment, $4::date[] as days",
        "2026-03-31",
        "2026-03-31T23:30:00+00:00",
        "2026-03-31T12:00:00+02:00",
        [date(2026, 1, 1), "2026-01-02"],
    )
    assert row == {
        "day": date(2026, 3, 31),
        "of_time": date(2026, 3, 31),
        "moment": datetime(2026, 3, 31, 10, tzinfo=UTC),
        "days": [date(2026, 1, 1), date(2026, 1, 2)],
    }


async def test_a_time_without_a_zone_is_utc_wherever_the_worker_stands(db: data.DataPlane):
    row = await db.fetchrow("select $1::timestamptz as moment", datetime(2026, 3, 31, 12))  # noqa: DTZ001  # the point
    assert row == {"moment": datetime(2026, 3, 31, 12, tzinfo=UTC)}


@pytest.mark.parametrize("wrong", ["twelve", "NaN", float("inf"), True, ""])
async def test_what_is_no_number_is_refused(db: data.DataPlane, wrong: object):
    import asyncpg

    with pytest.raises((asyncpg.DataError, TypeError, ValueError)):
        await db.fetchrow("select $1::numeric", wrong)


async def test_a_transaction_that_raises_leaves_nothing_behind(db: data.DataPlane):
    await db.execute("create table kept (id integer)")
    with pytest.raises(LookupError):
        await _insert_and_fail(db, 1)
    async with db.transaction() as tx:
        await tx.execute("insert into kept values (2)")
        with pytest.raises(LookupError):
            await _insert_and_fail(tx, 3)
        await tx.close()
        assert await tx.fetchrow("select count(*) as rows from kept") == {"rows": 1}
    assert await db.fetch("select id from kept") == [{"id": 2}]


async def _insert_and_fail(db: data.DataPlane, number: int) -> None:
    async with db.transaction() as tx:
        await tx.execute("insert into kept values ($1)", number)
        raise LookupError


async def test_a_slug_that_is_not_the_worker_s_tenant_is_refused(db: data.DataPlane):
    with pytest.raises(data.WrongTenantError):
        await data.get_data_plane("beta")
    with pytest.raises(data.WrongTenantError):
        await data.get_data_plane("")


async def test_without_a_configured_database_the_error_is_a_runtime_error():
    config.set(config.WorkerConfig(tenant_slug="acme"))
    try:
        with pytest.raises(RuntimeError):
            await data.get_data_plane("acme")
    finally:
        config.reset()


async def test_asking_at_once_opens_one_pool_and_closing_lets_a_new_one_open(db: data.DataPlane):
    planes = await asyncio.gather(*(data.get_data_plane("acme") for _ in range(10)))
    assert all(plane is db for plane in planes)
    await db.close()
    again = await data.get_data_plane("acme")
    assert again is not db
    assert await again.fetchrow("select 1 as one") == {"one": 1}
    data.clear_cache()


def test_each_event_loop_has_its_own_pool(postgres_url: str):
    async def use() -> dict[str, object] | None:
        plane = await data.get_data_plane("acme")
        row = await plane.fetchrow("select 1 as one")
        await data.close_data_planes()
        return row

    config.set(config.WorkerConfig(tenant_slug="acme", tenant_postgres_url=SecretStr(postgres_url)))
    try:
        assert asyncio.run(use()) == asyncio.run(use()) == {"one": 1}
    finally:
        config.reset()


async def test_statements_are_ended_by_the_server_too(db: data.DataPlane):
    assert await db.fetchrow("select current_setting('statement_timeout') as limit") == {"limit": "30s"}


def test_importing_the_module_loads_no_driver():
    code = "import sys, ntro.ingest, ntro.subledger; print('asyncpg' in sys.modules, 'temporalio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_every_decimal_is_encoded_as_itself(number: Decimal):
    assert Decimal(_encode_numeric(number)) == number


@given(st.dates())
def test_every_date_survives(day: date):
    assert _decode_date(_encode_date(day)) == _decode_date(_encode_date(day.isoformat())) == day


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])))
def test_every_time_survives(moment: datetime):
    assert _decode_time(_encode_time(moment)) == _decode_time(_encode_time(moment.isoformat())) == moment


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_in_json_survives_as_text(number: Decimal):
    assert Decimal(json_value(data.json_text({"n": number}))["n"]) == number


def test_json_refuses_what_has_no_spelling():
    with pytest.raises(ValueError):
        data.json_text([Decimal("NaN")])
    with pytest.raises(TypeError):
        data.json_text({"when": object()})


def test_outside_an_activity_ids_are_random():
    assert data.stable_id("row", 1) != data.stable_id("row", 1)


def test_a_retry_of_an_activity_computes_its_ids_again():
    from temporalio.testing import ActivityEnvironment

    def ids() -> list[UUID]:
        return [data.stable_id("row", "a"), data.stable_id("row", "b"), data.stable_id("row", "a")]

    first, second = ActivityEnvironment().run(ids), ActivityEnvironment().run(ids)
    assert first == second
    assert len(set(first)) == 3


def test_ids_do_not_depend_on_the_order_in_which_different_rows_are_written():
    from temporalio.testing import ActivityEnvironment

    forward = ActivityEnvironment().run(lambda: [data.stable_id("row", key) for key in "abc"])
    backward = ActivityEnvironment().run(lambda: [data.stable_id("row", key) for key in "cba"])
    assert forward == backward[::-1]


def test_another_workflow_gets_other_ids():
    import dataclasses

    from temporalio.testing import ActivityEnvironment

    other = ActivityEnvironment()
    other.info = dataclasses.replace(other.info, workflow_id=str(uuid4()))
    assert ActivityEnvironment().run(lambda: data.stable_id("row")) != other.run(lambda: data.stable_id("row"))


def test_json_takes_enums_and_models():
    assert json_value(data.json_text({"colour": Colour.RED})) == {"colour": "red"}
    assert json_value(data.json_text([Point(x=Decimal("1.50"))])) == [{"x": "1.50"}]


class Colour(Enum):
    RED = "red"


class Point(BaseModel):
    x: Decimal


def test_a_time_given_for_a_date_is_its_day():
    assert _decode_date(_encode_date(datetime(2026, 3, 31, 23, 59, tzinfo=UTC))) == date(2026, 3, 31)


async def test_without_the_driver_the_error_names_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    config.set(config.WorkerConfig(tenant_slug="acme", tenant_postgres_url=SecretStr("postgresql://nowhere")))
    try:
        with pytest.raises(ImportError):
            await data.get_data_plane("acme")
    finally:
        data.clear_cache()
        config.reset()
