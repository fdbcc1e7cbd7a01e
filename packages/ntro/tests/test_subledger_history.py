"""The history of rows: kept by the database whoever changes them, read per row, never changed itself."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from ntro import data, subledger
from ntro.subledger import persistence
from ntro.subledger.types.expenses import ExpenseRow

ENTITY, TASK = uuid4(), uuid4()


@pytest.fixture
def kept(data_plane: data.DataPlane) -> data.DataPlane:
    return data_plane


def handle(db: data.DataPlane, *, actor: str | None = None, task: UUID = TASK) -> subledger.SubledgerHandle:
    return subledger.open(name="expenses", entity_id=ENTITY, task_id=task, db=db, actor=actor)


def expense(db: data.DataPlane, **fields: Any) -> subledger.Row:
    given = {"period": "2026-03", "event_id": uuid4(), "vendor": "Shop", "amount_gross": "10.00", "currency": "GBP"}
    return handle(db).row(**given | fields)


async def test_the_history_of_a_row_says_who_changed_what(kept: data.DataPlane):
    row = expense(kept)
    await handle(kept, actor="u-intake").insert(row)
    await handle(kept, actor="u-anna").update_fields(row.id, {"amount_gross": "12.3400", "notes": "taxi"})
    await handle(kept, actor="u-ben").mark_approved(ids=[row.id])
    came, edited, approved = await handle(kept).history(row.id)
    assert [change.actor for change in (came, edited, approved)] == ["u-intake", "u-anna", "u-ben"]
    assert [change.operation for change in (came, edited, approved)] == ["INSERT", "UPDATE", "UPDATE"]
    assert (came.old, came.new["vendor"], came.new["amount_gross"]) == ({}, "Shop", Decimal("10.0000"))
    assert edited.old == {"amount_gross": Decimal("10.0000"), "notes": None}
    assert edited.new == {"amount_gross": Decimal("12.3400"), "notes": "taxi"}
    assert approved.old["status"] == "PENDING"
    assert set(approved.new) == {"status", "approved_at"}
    assert came.seq < edited.seq < approved.seq
    assert came.at.tzinfo is not None


async def test_a_change_by_plain_sql_is_kept_under_the_user_of_the_database(kept: data.DataPlane):
    row = expense(kept)
    await handle(kept).insert(row)
    user = (await kept.fetchrow("select session_user as name") or {})["name"]
    await kept.execute("update ledgers.expenses set vendor = 'Other' where id = $1", row.id)
    await kept.execute("update ledgers.expenses set vendor = 'Other', updated_at = now() where id = $1", row.id)
    await kept.execute("delete from ledgers.expenses where id = $1", row.id)
    _, changed, gone = await handle(kept).history(row.id)
    assert (changed.actor, changed.source, changed.new) == (user, "ntro-runbook", {"vendor": "Other"})
    assert (gone.operation, gone.old["vendor"], gone.new) == ("DELETE", "Other", {})


async def test_inside_an_activity_the_run_is_who_acts_unless_someone_is_named(kept: data.DataPlane):
    async def activity() -> UUID:
        row = expense(kept)
        async with kept.transaction() as together:
            await handle(together).insert(row)
            await handle(together, actor="u-anna").update_fields(row.id, {"notes": "x"})
            await handle(together).mark_approved(ids=[row.id])
        await handle(kept).mark_rejected(ids=[row.id])
        return row.id

    environment = ActivityEnvironment()
    row_id = await environment.run(activity)
    run = f"run:{environment.info.workflow_id}"
    actors = [change.actor for change in await handle(kept).history(row_id)]
    assert actors == [run, "u-anna", "u-anna", run]


async def test_a_change_that_is_rolled_back_leaves_no_history(kept: data.DataPlane):
    row = expense(kept)

    async def fail_halfway() -> None:
        async with subledger.acting_as(kept, "u-anna") as together:
            await handle(together).insert(row)
            raise LookupError

    with pytest.raises(LookupError):
        await fail_halfway()
    assert await handle(kept).history(row.id) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update ledgers.row_changes set actor = 'nobody'",
        "delete from ledgers.row_changes",
        "truncate ledgers.row_changes",
        "truncate ledgers.expenses",
        """insert into ledgers.row_changes (ledger, row_id, entity_id, task_id, operation, actor, source, old, new)
           select ledger, row_id, entity_id, task_id, operation, 'nobody', source, old, new from ledgers.row_changes""",
    ],
)
async def test_the_history_cannot_be_changed_removed_or_invented(kept: data.DataPlane, statement: str):
    row = expense(kept)
    await handle(kept).insert(row)
    with pytest.raises(asyncpg.RestrictViolationError):
        await kept.execute(statement)
    assert len(await handle(kept).history(row.id)) == 1


async def test_the_history_of_another_tasks_row_is_not_shown(kept: data.DataPlane):
    row = expense(kept)
    await handle(kept).insert(row)
    assert await handle(kept, task=uuid4()).history(row.id) == []


async def test_rows_that_are_inserted_together_are_stored_once_or_not_at_all(
    kept: data.DataPlane, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(persistence, "INSERT_PARAMETERS", 60)
    rows = [expense(kept, notes=str(number), line_items=[{"n": number}]) for number in range(7)]
    assert await handle(kept).insert_many(rows) == 7
    assert await handle(kept).insert_many([*rows, expense(kept, created_at=rows[0].created_at)]) == 1
    assert await handle(kept).insert_many([]) == 0
    found = await handle(kept).query()
    assert [row.id for row in found if row.id in {item.id for item in rows}] == [row.id for row in rows]
    assert len(found) == 8
    other = uuid4()
    foreign = handle(kept, task=other).row(**rows[0].model_dump(exclude={"task_id"}))
    fresh = handle(kept, task=other).row(**rows[0].model_dump(exclude={"task_id", "id"}))
    with pytest.raises(ValueError):
        await handle(kept, task=other).insert_many([fresh, foreign])
    with pytest.raises(ValueError):
        await handle(kept).insert_many([fresh])
    assert await handle(kept, task=other).query() == []


async def test_of_two_edits_at_once_none_is_lost_silently(kept: data.DataPlane):
    row = expense(kept)
    await handle(kept).insert(row)
    edits = [handle(kept).update_fields(row.id, {"notes": str(number)}) for number in range(4)]
    outcomes = await asyncio.gather(*edits, return_exceptions=True)
    done = [outcome for outcome in outcomes if isinstance(outcome, ExpenseRow)]
    assert all(isinstance(outcome, ExpenseRow | subledger.IllegalTransitionError) for outcome in outcomes)
    assert len(await handle(kept).history(row.id)) == 1 + len(done)
    assert done
