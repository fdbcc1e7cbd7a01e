"""The ledger of a close on a real database: opened by one task, posted once and whole, signed off for good."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from ntro.workflow import WorkflowError

COUNTS = """select (select count(*) from ledgers.journals) as journals,
  (select count(*) from ledgers.journal_lines) as lines,
  (select count(*) from ledgers.trial_balances) as balances, (select count(*) from ledgers.nav) as navs,
  (select count(*) from ledgers.periods where status = 'SIGNED_OFF') as signed"""
NOTHING = {"journals": 0, "lines": 0, "balances": 0, "navs": 0, "signed": 0}


class Crash(Exception):
    """The process is gone."""


class CrashingPlane:
    """A data plane whose process ends at its `at`-th writing statement."""

    def __init__(self, inner: Any, at: int) -> None:
        self._inner = inner
        self._left = at

    async def execute(self, query: str, *args: Any) -> str:
        self._left -= 1
        if self._left < 0:
            raise Crash
        result: str = await self._inner.execute(query, *args)
        return result

    async def fetchrow(self, query: str, *args: Any) -> Any:
        return await self._inner.fetchrow(query, *args)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["CrashingPlane"]:
        async with self._inner.transaction() as bound:
            yield CrashingPlane(bound, self._left)


async def opened(navm: Any, month: Any, close_of: Any, db: Any, task_id: str, **changes: Any) -> Any:
    close = close_of(month.Month(), task_id=task_id, **changes)
    await navm.periods.open_period(db, close.context)
    return close


async def end(db: Any, task_id: str) -> None:
    await db.execute("update system.tasks set status = 'FAILED', closed_at = now() where id = $1", task_id)


def refused_as(error: pytest.ExceptionInfo[WorkflowError]) -> str | None:
    assert error.value.non_retryable
    return error.value.type


async def test_posting_twice_posts_once_and_answers_the_same(
    navm: Any, month: Any, close_of: Any, db: Any, new_task: Any
):
    close = await opened(navm, month, close_of, db, await new_task())
    first = await navm.ledger.post(db, close)
    counts = await db.fetchrow(COUNTS)
    assert await navm.ledger.post(db, close) == first
    assert await db.fetchrow(COUNTS) == counts
    lines = sum(len(journal.lines) for journal in close.proposed.journals)
    assert counts == {"journals": len(first), "lines": lines, "balances": 2, "navs": 1, "signed": 1}


async def test_two_workers_that_post_at_the_same_moment_post_once(
    navm: Any, month: Any, close_of: Any, db: Any, new_task: Any
):
    close = await opened(navm, month, close_of, db, await new_task())
    answers = await asyncio.gather(*(navm.ledger.post(db, close) for _ in range(3)))
    assert answers[0] == answers[1] == answers[2]
    assert (await db.fetchrow(COUNTS))["journals"] == len(answers[0])


async def test_what_is_posted_is_the_closing_trial_balance_to_the_penny_with_its_lineage(
    navm: Any, month: Any, close_of: Any, db: Any, new_task: Any
):
    close = await opened(navm, month, close_of, db, await new_task())
    await navm.ledger.post(db, close)
    rows = await db.fetch(
        "select account_code, sum(debit - credit) as moved from ledgers.journal_lines group by account_code"
    )
    moved = {row["account_code"]: row["moved"] for row in rows}
    codes = {*month.OPENING, *moved}
    closing = {code: Decimal(month.written(month.OPENING.get(code, 0))) + moved.get(code, Decimal(0)) for code in codes}
    known = {code: Decimal(month.written(amount)) for code, amount in month.Month().closing().items()}
    assert {code: amount for code, amount in closing.items() if amount} == known
    bare = await db.fetchrow(
        """select count(*) as lines from ledgers.journal_lines l join ledgers.journals j on j.id = l.journal_id
           where l.source_refs = '[]' and j.description not like 'Prepaid%'"""
    )
    assert bare == {"lines": 0}
    nav = await db.fetchrow("select nav, signed_off_by, nav_per_share from ledgers.nav")
    truth = month.Month().nav()
    assert (nav["nav"], nav["signed_off_by"]) == (Decimal(month.written(truth)), "Ruth")
    assert nav["nav_per_share"] == Decimal(month.per_share(truth))


async def test_a_crash_between_any_two_statements_posts_nothing_and_the_retry_posts_all(
    navm: Any, month: Any, close_of: Any, db: Any, new_task: Any
):
    close = await opened(navm, month, close_of, db, await new_task())
    statements = sum(1 + len(journal.lines) for journal in close.proposed.journals) + 4
    for at in range(statements):
        with pytest.raises(Crash):
            await navm.ledger.post(CrashingPlane(db, at), close)
        assert await db.fetchrow(COUNTS) == NOTHING
    assert await navm.ledger.post(CrashingPlane(db, statements), close)
    assert (await db.fetchrow(COUNTS))["signed"] == 1


async def test_a_period_that_is_signed_off_is_not_opened_again(
    navm: Any, month: Any, close_of: Any, db: Any, new_task: Any
):
    task_id = await new_task()
    await navm.ledger.post(db, await opened(navm, month, close_of, db, task_id))
    await end(db, task_id)
    for changes in ({}, {"dry_run": True}):
        with pytest.raises(WorkflowError) as caught:
            await opened(navm, month, close_of, db, await new_task(), **changes)
        assert refused_as(caught) == "PeriodSignedOff"


async def test_a_period_before_one_that_is_signed_off_is_not_opened(
    navm: Any, month: Any, close_of: Any, db: Any, new_task: Any
):
    await navm.ledger.post(db, await opened(navm, month, close_of, db, await new_task()))
    with pytest.raises(WorkflowError) as caught:
        await opened(navm, month, close_of, db, await new_task(), period="2026-02")
    assert refused_as(caught) == "LaterPeriodSignedOff"
    assert await db.fetchrow("select 1 from ledgers.periods where period = '2026-02'") is None


async def test_one_open_task_closes_a_period_and_what_an_ended_task_left_is_taken_over(
    navm: Any, month: Any, close_of: Any, db: Any, new_task: Any
):
    first, second = await new_task(), await new_task()
    close = await opened(navm, month, close_of, db, first)
    assert await navm.periods.open_period(db, close.context)
    with pytest.raises(WorkflowError) as caught:
        await opened(navm, month, close_of, db, second)
    assert refused_as(caught) == "PeriodInProgress"
    assert first in str(caught.value)
    await end(db, first)
    later = await opened(navm, month, close_of, db, second)
    with pytest.raises(WorkflowError) as caught:
        await navm.ledger.post(db, close)
    assert refused_as(caught) == "PeriodTaken"
    assert await db.fetchrow(COUNTS) == NOTHING
    assert await navm.ledger.post(db, later)


async def test_of_tasks_that_open_a_period_at_the_same_moment_one_gets_it(
    navm: Any, month: Any, close_of: Any, db: Any, new_task: Any
):
    contexts = [close_of(month.Month(), task_id=await new_task()).context for _ in range(4)]
    opening = (navm.periods.open_period(db, context) for context in contexts)
    outcomes = await asyncio.gather(*opening, return_exceptions=True)
    assert [type(item) for item in outcomes].count(str) == 1
    assert all(item.type == "PeriodInProgress" for item in outcomes if isinstance(item, WorkflowError))


async def test_the_next_month_sees_what_the_last_one_was_signed_off_with(
    navm: Any, month: Any, close_of: Any, db: Any, new_task: Any
):
    close = await opened(navm, month, close_of, db, await new_task())
    assert await navm.periods.previous_close(db, close.context) is None
    await navm.ledger.post(db, close)
    following = close_of(month.Month(), task_id=await new_task(), period="2026-05").context
    previous = await navm.periods.previous_close(db, following)
    assert (previous.period, previous.nav) == ("2026-03", close.nav.nav)
    assert previous.closing.lines == close.proposed.closing.lines
    assert await navm.periods.previous_close(db, close.context) is None


async def test_a_rehearsal_leaves_no_trace(navm: Any, month: Any, close_of: Any, db: Any, new_task: Any):
    context = close_of(month.Month(), task_id=await new_task(), dry_run=True).context
    assert await navm.periods.open_period(db, context) is None
    assert await db.fetch("select 1 from ledgers.periods") == []


async def test_documents_of_other_tasks_are_not_read_and_the_newest_of_a_slot_counts(
    navm: Any, month: Any, close_of: Any, db: Any, new_task: Any
):
    task_id, other = await new_task(), await new_task()
    context = close_of(month.Month(), task_id=task_id).context
    store = """insert into ingest.extracted_payloads (entity_slug, period, source, document_ref, schema_slug, payload,
                 task_id, created_at) values ($1, $2, 'bank', $3, 'bank-statement', '{}', $4, $5)"""
    for ref, task, at in (("old", task_id, "2026-04-01"), ("new", task_id, "2026-04-02"), ("no", other, "2026-04-03")):
        await db.execute(store, context.entity_slug, context.period, ref, task, f"{at}T00:00:00Z")
    assert [item.document_ref for item in await navm.ledger.committed_documents(db, context)] == ["new"]
