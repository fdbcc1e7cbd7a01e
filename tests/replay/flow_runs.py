"""Runs of the flows, and of the runbooks that need no month of figures, answered by hand."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

from keeping import client_of, keep
from people import Activities, batch_activities
from replaying import CHECKOUT, flow, load
from temporalio.client import WorkflowFailureError, WorkflowHandle

from ntro.testing import HAPPY, REJECT_ALL, Scenario, WorkflowHarness
from ntro.testing.running import example_input
from ntro.workflow import activity
from ntro.workflow.decisions import DECIDE_UPDATE, USER_ACTION_SIGNAL, Decision

SECONDS = 30
CELL = {"line_item_id": "0:0", "field": "debit", "old_value": "1.00", "new_value": "2.00"}
CORRECTED = Scenario(name="corrected", corrections={"review_journals": [CELL]})

Handle = WorkflowHandle[Any, Any]
Play = Callable[[Handle], Awaitable[None]]


async def gate(handle: Handle, after: str = "") -> dict[str, Any]:
    """What the run waits for, as soon as it is another gate than `after`."""
    async with asyncio.timeout(SECONDS):
        while True:
            pending = await handle.query("current_pending_action")
            if pending and pending.get("gate_id", "") not in ("", after):
                return dict(pending)
            await asyncio.sleep(0.02)


async def decide(handle: Handle, actor: str, action: str = "approved", after: str = "") -> str:
    """A decision at the next gate; the answer is that gate."""
    pending = await gate(handle, after)
    decision = {"gate_id": pending["gate_id"], "action": action, "decision_id": str(uuid4()), "actor": actor}
    await handle.execute_update(DECIDE_UPDATE, Decision.model_validate(decision))
    return str(pending["gate_id"])


async def one_person(handle: Handle) -> None:
    await decide(handle, "ana")


async def two_people(handle: Handle) -> None:
    first = await decide(handle, "ana")
    await decide(handle, "ben", after=first)


async def late_second_person(handle: Handle) -> None:
    """The one who prepared tries first, by a signal, which is ignored and recorded."""
    first = await decide(handle, "ana")
    await gate(handle, after=first)
    await handle.signal(USER_ACTION_SIGNAL, {"kind": "approve", "actor": "ana"})
    await decide(handle, "ben", after=first)


async def sign_twice(handle: Handle) -> None:
    first = await decide(handle, "ana")
    second = await decide(handle, "ben", after=first)
    await decide(handle, "ben", after=second)


async def edit_rows(handle: Handle) -> None:
    await gate(handle)
    for row, value in (("1", "2.00"), ("absent", "0.00")):
        edit = {"action": "edit_cell", "row_id": row, "field": "amount", "value": value}
        await handle.signal(USER_ACTION_SIGNAL, {"kind": "row_action", "payload": edit, "actor": "ana"})
    await decide(handle, "ana")


async def submit_twice(handle: Handle) -> None:
    first = (await gate(handle))["gate_id"]
    await handle.signal("document_submitted", {"document_ref": "one"})
    await gate(handle, after=first)
    await handle.signal("document_submitted", {"document_ref": "two"})


async def double_click(handle: Handle) -> None:
    await gate(handle)
    for word in ("reject", "approve", "approve"):
        await handle.signal(USER_ACTION_SIGNAL, {"kind": word, "actor": "ana"})


async def cancel(handle: Handle) -> None:
    await gate(handle)
    await handle.cancel()


async def onward(handle: Handle) -> None:
    last = ""
    for _ in range(3):
        last = await decide(handle, "ana", after=last)


async def name_it(handle: Handle) -> None:
    await handle.signal("named", "it")


async def nobody(_handle: Handle) -> None:
    """Nobody does anything."""


FLOWS: dict[str, tuple[str, list[Any], Play]] = {
    "flow-queued-gates": ("QueuedGates", [], two_people),
    "flow-sign-off-suspended": ("SignOff", [], sign_twice),
    "flow-four-eyes": ("FourEyes", [], late_second_person),
    "flow-row-actions": ("RowActions", [], edit_rows),
    "flow-feedback": ("Feedback", [], submit_twice),
    "flow-double-click": ("Waiting", [], double_click),
    "flow-timed-out": ("Waiting", [], nobody),
    "flow-cancelled": ("Waiting", [], cancel),
    "flow-onward": ("Onward", [0], onward),
    "flow-fan-out": ("FanOut", [[1, 2, 3]], nobody),
    "flow-failed-child": ("FanOut", [[1, -2, 3]], nobody),
    "flow-facade": ("Facade", [], name_it),
    "flow-checked": ("Checked", [], one_person),
}
JOURNALS = {
    "nav-monthly-journals-happy": HAPPY,
    "nav-monthly-journals-rejected": REJECT_ALL,
    "nav-monthly-journals-corrected": CORRECTED,
    "nav-monthly-journals-refused-correction": CORRECTED,
}
EXPENSES = {
    "expense-processor-happy": HAPPY,
    "expense-processor-rejected": REJECT_ALL,
    "expense-processor-corrected": Scenario(
        name="corrected", corrections={"review_expenses": [{**CELL, "field": "vendor", "new_value": "Other"}]}
    ),
    "expense-processor-nothing-came": Scenario(name="away", review_overrides={"collect_expenses": "ignored"}),
    "expense-processor-changed-meanwhile": HAPPY,
}


async def ended(handle: Handle) -> None:
    """However it ends."""
    async with asyncio.timeout(SECONDS):
        with suppress(WorkflowFailureError):
            await handle.result()


async def play(name: str) -> None:
    """A flow, answered by hand; of the parent that fails also the child that failed."""
    kind, arguments, played = FLOWS[name]
    bundle, leaf = flow(kind), flow("Leaf")
    async with WorkflowHarness(
        bundle.workflow_class, child_workflows=[leaf.workflow_class], extra_activities=bundle.activities
    ) as harness:
        handle = await client_of(harness).start_workflow(
            f"{kind}Workflow", args=arguments, id=str(uuid4()), task_queue=f"runbook:{bundle.slug}"
        )
        await played(handle)
        await ended(handle)
        await keep(harness, name, handle.id, run_id=handle.result_run_id)
        if name == "flow-onward":
            await keep(harness, "flow-onward-last", handle.id)
        if name == "flow-failed-child":
            await keep(harness, "flow-leaf-failed", f"{handle.id}:fan_out:leaf:1")


async def journals(name: str) -> None:
    """A run of nav-monthly-journals with what its activities promise instead of figures."""
    bundle = load("nav-monthly-journals")

    @activity.defn(name="nav_monthly_journals.correct_journals")
    async def refuse(_given: dict[str, Any]) -> None:
        raise ValueError("The journal does not balance.")

    activities: Activities = [refuse] if name.endswith("refused-correction") else []
    await scenario_run(name, bundle.slug, JOURNALS[name], activities)


async def expenses(name: str) -> None:
    """A run of expense-processor over one batch of rows."""
    bundle = load("expense-processor")
    activities = batch_activities(bundle, changed=int(name.endswith("changed-meanwhile")))
    await scenario_run(name, bundle.slug, EXPENSES[name], activities)


async def scenario_run(name: str, slug: str, scenario: Scenario, activities: Activities) -> None:
    """A run as a scenario answers it."""
    bundle = load(slug)
    given = example_input(CHECKOUT / "runbooks" / slug)
    async with WorkflowHarness(bundle.workflow_class, extra_activities=activities) as harness:
        result = await harness.run(input=given, scenario=scenario, timeout_s=SECONDS)
        assert result.error is None, result.error
        await keep(harness, name, result.workflow_id)


RECORDERS: dict[str, Callable[[str], Awaitable[None]]] = {
    **dict.fromkeys(FLOWS, play),
    **dict.fromkeys(JOURNALS, journals),
    **dict.fromkeys(EXPENSES, expenses),
}
