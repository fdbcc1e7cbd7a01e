"""A decision that names no gate is for one that its sender knows of, never for one that opened since."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from ntro_server.errors import Conflict
from ntro_tenant.core.attention import Attention
from ntro_tenant.core.decisions import Verdicts, decision_for
from ntro_tenant.core.people import Person
from ntro_tenant.core.references import task_reference

ANNA = Person("u-anna", "Anna", frozenset({"accountant"}), datetime.now(UTC) + timedelta(hours=1))
BEN = Person("u-ben", "Ben", frozenset({"reviewer"}), datetime.now(UTC) + timedelta(hours=1))
APPROVED = Verdicts("approved")


@pytest.fixture
def decide(app: FastAPI, books: Any) -> Callable[..., Any]:
    """The gate that a decision is for."""

    async def meant(task: UUID, *, person: Person = ANNA, said: Verdicts = APPROVED) -> str:
        attention = app.state.cell.attention
        gate, _ = await decision_for(books.connection, attention, task_reference(str(task)), person, said)
        return gate.id

    return meant


async def followed(books: Any, task: UUID, first: str) -> str:
    """The gate that follows `first`, which Anna decided."""
    await books.close_gate(first, actor=ANNA.subject)
    following: str = await books.gate(task, str(task))
    return following


async def test_who_never_looked_decides_the_only_gate(books: Any, decide: Callable[..., Any]):
    task = await books.task()
    gate = await books.gate(task, str(task))
    assert await decide(task) == gate


async def test_a_repetition_never_decides_the_gate_that_follows(books: Any, decide: Callable[..., Any]):
    task = await books.task()
    first = await books.gate(task, str(task))
    await decide(task)
    following = await followed(books, task, first)
    with pytest.raises(Conflict):
        await decide(task)
    assert await decide(task, said=Verdicts("approved", gate_id=following)) == following


@pytest.mark.parametrize("look", ["", "/ui", "/next-step"])
async def test_who_was_shown_the_gate_that_follows_decides_it(
    anna: httpx2.AsyncClient, books: Any, decide: Callable[..., Any], look: str
):
    task = await books.task()
    first = await books.gate(task, str(task))
    await decide(task)
    following = await followed(books, task, first)
    assert (await anna.get(f"/tasks/{task}{look}")).status_code == 200
    assert await decide(task) == following


async def test_what_one_person_was_shown_another_does_not_know(
    anna: httpx2.AsyncClient, books: Any, decide: Callable[..., Any]
):
    task = await books.task()
    first = await books.gate(task, str(task))
    await decide(task, person=BEN)
    await followed(books, task, first)
    await anna.get(f"/tasks/{task}/next-step")
    with pytest.raises(Conflict):
        await decide(task, person=BEN)


async def test_a_look_while_nothing_waited_says_nothing_of_what_comes(
    anna: httpx2.AsyncClient, books: Any, decide: Callable[..., Any]
):
    task = await books.task()
    await anna.get(f"/tasks/{task}/next-step")
    gate = await books.gate(task, str(task))
    assert await decide(task) == gate


async def test_a_gate_that_was_open_at_the_last_decision_may_be_meant(books: Any, decide: Callable[..., Any]):
    task = await books.task()
    first, other = await books.gate(task, str(task)), await books.gate(task, str(task))
    with pytest.raises(Conflict):
        await decide(task)
    await decide(task, said=Verdicts("approved", gate_id=first))
    await books.close_gate(first, actor=ANNA.subject)
    assert await decide(task) == other


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.sampled_from("xyz")), max_size=40))
def test_attention_is_bounded_and_forgets_who_was_quiet_longest(looks: list[tuple[str, int, str]]):
    attention = Attention(max_kept=3)
    tasks = [uuid4() for _ in range(6)]
    quiet: list[tuple[str, UUID]] = []
    for subject, number, gate in looks:
        attention.note(subject, tasks[number], [gate])
        quiet = [pair for pair in quiet if pair != (subject, tasks[number])] + [(subject, tasks[number])]
        assert attention.may_mean(subject, tasks[number], gate)
        assert not attention.may_mean(subject, tasks[number], "never shown")
    for subject, task in quiet[:-3]:
        assert attention.may_mean(subject, task, "never shown")
