"""Sign-offs belong to figures: they stand while nothing moves, are suspended when something does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.client import WorkflowUpdateFailedError

from ntro.testing.local_run import LocalRun
from ntro.workflow import NtroWorkflow, run_local, runbook, ui_step
from ntro.workflow._moves import MAX_MOVES, moves
from ntro.workflow.decisions import DECIDE_UPDATE, Decision, DecisionReceipt

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@runbook.defn
class SignedMonthWorkflow(NtroWorkflow):
    """Signs a NAV; the figures in `later` arrive one after the other, each asks for a sign-off of its own state."""

    @runbook.run
    async def run(self, navs: list[str]) -> list[str]:
        await self.prepare()
        return [await self.sign(nav) for nav in navs]

    @ui_step(name="prepare", title="Prepare", icon="Pen")
    async def prepare(self) -> None:
        await self.wait_for_action(payload={"journals": 3})

    @ui_step(name="sign_off", title="Sign off", icon="PenLine")
    async def sign(self, nav: str) -> str:
        answer = await self.wait_for_sign_off("nav", payload={"nav": nav, "shares": "2"}, reason="Sign the NAV")
        return f"{answer.action} by {answer.actor}"


async def decide(run: LocalRun, actor: str, action: str = "approved") -> dict[str, Any]:
    """What was shown, after `actor` decided on it."""
    shown = await run.pending_action()
    decision = Decision(gate_id=shown["gate_id"], decision_id=f"{actor}-{shown['gate_id']}", action=action, actor=actor)  # type: ignore[arg-type]  # a literal
    await run.handle.execute_update(DECIDE_UPDATE, decision, result_type=DecisionReceipt)
    return shown


async def refused_type(run: LocalRun, actor: str) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await decide(run, actor)
    return str(caught.value.cause.type)  # type: ignore[union-attr]  # it has one here


async def test_a_sign_off_of_the_same_figures_stands_and_nobody_is_asked_again():
    run = await run_local(SignedMonthWorkflow, ["10.00", "10.00"], handle=True)
    await decide(run, "ada")
    await decide(run, "grace")
    assert await run.result() == ["approved by grace", "approved by grace"]


async def test_when_a_figure_moves_the_sign_off_is_suspended_and_the_gate_opens_again_with_what_moved():
    async with await run_local(SignedMonthWorkflow, ["10.00", "11.00"], handle=True) as run:
        await decide(run, "ada")
        first = await decide(run, "grace")
        again = await run.pending_action()
        suspended = again["display_hint"]["config"]["suspended"]
        assert again["gate_id"] != first["gate_id"]
        assert suspended["moves"] == [{"path": "nav", "before": "10.00", "after": "11.00"}]
        assert (suspended["actor"], suspended["gate_id"]) == ("grace", first["gate_id"])


async def test_a_suspended_sign_off_stays_visible_beside_the_new_one():
    async with await run_local(SignedMonthWorkflow, ["10.00", "11.00", "11.00"], handle=True) as run:
        await decide(run, "ada")
        await decide(run, "grace")
        await run.pending_action()
        old = (await run.query("step_snapshots"))["sign_off"]
        assert old["decision"]["actor"] == "grace"
        assert old["suspended"]["moves"]
        await decide(run, "grace")
        new = await run.handle.result()
        assert new == ["approved by grace", "approved by grace", "approved by grace"]


async def test_who_signed_before_may_sign_again_but_who_prepared_may_not():
    async with await run_local(SignedMonthWorkflow, ["10.00", "11.00"], handle=True) as run:
        await decide(run, "ada")
        assert await refused_type(run, "ada") == "FourEyes"
        await decide(run, "grace")
        assert await refused_type(run, "ada") == "FourEyes"
        await decide(run, "grace")
        assert await run.handle.result() == ["approved by grace", "approved by grace"]


async def test_a_rejected_sign_off_leaves_the_earlier_one_suspended():
    async with await run_local(SignedMonthWorkflow, ["10.00", "11.00", "10.00"], handle=True) as run:
        await decide(run, "ada")
        await decide(run, "grace")
        await decide(run, "grace", "rejected")
        back = await run.pending_action()
        assert back["display_hint"]["config"]["suspended"]["moves"] == []
        await decide(run, "joan")
        assert await run.handle.result() == ["approved by grace", "rejected by grace", "approved by joan"]


def test_rows_are_matched_by_their_own_name_not_by_their_place():
    before = {"lines": [{"account_code": "1", "debit": "5"}, {"account_code": "2", "debit": "6"}]}
    after = {"lines": [{"account_code": "2", "debit": "6"}, {"account_code": "1", "debit": "7"}]}
    assert moves(before, after) == [{"path": "lines.1.debit", "before": "5", "after": "7"}]


def test_what_came_or_went_has_one_side_only():
    assert moves({"a": 1}, {"b": 2}) == [{"path": "a", "before": 1}, {"path": "b", "after": 2}]


def test_more_moves_than_can_be_shown_are_counted():
    told = moves([], list(range(MAX_MOVES + 3)))
    assert len(told) == MAX_MOVES + 1
    assert told[-1] == {"path": "", "more": 3}


@given(JSON)
def test_nothing_moves_between_equal_payloads(value: Any):
    assert moves(value, value) == []


@given(JSON, JSON)
def test_whatever_differs_is_told(before: Any, after: Any):
    if before != after and not (isinstance(before, list) and isinstance(after, list)):
        assert moves(before, after)
