"""Decisions on the running system: for the gate and the figures that were seen, once, by two people where asked."""

import asyncio
from typing import Any

import pytest

from ntro.workspace.cell import ActionTaken, CellClient
from ntro.workspace.client import Client
from ntro.workspace.errors import AuthorizationError, ConflictError, NtroAPIError

pytestmark = pytest.mark.stack
REVIEW = "interactive_review"


async def refusal(call: Any) -> NtroAPIError:
    """The error that a call is answered with."""
    with pytest.raises(NtroAPIError) as refused:
        await call
    return refused.value


async def test_a_naive_script_that_knows_workspace_alone_drives_a_run(drills: Any) -> None:
    run = await drills.start()
    tasks = drills.client.tasks
    for step in ("prepare", "sign"):

        async def waits(step: str = step) -> bool:
            shown = await tasks.next_step(run.id)
            return shown.action == "review" and shown.model_extra["stepId"] == step

        await run.until(waits)
        await tasks.approve(run.id, reason="Agreed")
    assert (await run.ended()).result | {"prepared_by": "", "signed_by": ""} == {
        "prepared": "approved",
        "prepared_by": "",
        "signed": "approved",
        "signed_by": "",
    }
    assert (await tasks.next_step(run.id)).action == "done"
    assert isinstance(await refusal(tasks.approve(run.id)), ConflictError)


async def test_a_script_that_never_looks_cannot_decide_a_gate_that_opened_since(drills: Any) -> None:
    run = await drills.start()
    first = await run.wait_for(REVIEW)
    blind = (await drills.client.keys.create("blind", kind="tenant", tenant="demo")).apiKey
    async with Client(host=drills.client.host, api_key=blind) as client:
        await client.tasks.approve(run.id)
        await run.wait_for(REVIEW, after=first.id)
        assert isinstance(await refusal(client.tasks.approve(run.id)), ConflictError)
        assert (await client.tasks.next_step(run.id)).action == "review"
        await client.tasks.approve(run.id)
    assert (await run.ended()).status == "COMPLETED"


async def test_a_double_click_is_one_outcome_and_never_a_later_gate(drills: Any) -> None:
    run = await drills.start()
    gate = await run.wait_for(REVIEW)
    together = await asyncio.gather(
        *(run.decide(gate, "approved") for _ in range(6)),
        *(drills.cell.tasks.action(run.id, "approved") for _ in range(4)),
        return_exceptions=True,
    )
    assert all(item is None or isinstance(item, ConflictError) or item.gateId == gate.id for item in together)
    following = await run.wait_for(REVIEW, after=gate.id)
    assert isinstance(await refusal(run.decide(gate, "rejected")), ConflictError)
    await run.decide(following, "rejected")
    result = (await run.ended()).result
    assert (result["prepared"], result["signed"]) == ("approved", "rejected")
    events = [event for event in await drills.cell.tasks.log(run.id) if event.type == "gate.closed"]
    assert len(events) == 2


async def test_a_thousand_decisions_at_once_are_one_outcome_and_refusals(drills: Any) -> None:
    run = await drills.start()
    gate = await run.wait_for(REVIEW)
    verdicts = ["approved" if number % 2 else "rejected" for number in range(1000)]
    calls = (
        drills.cell.tasks.action(run.id, verdict, gate_id=gate.id, comments=f"number {number}")
        for number, verdict in enumerate(verdicts)
    )
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    applied = [verdict for verdict, outcome in zip(verdicts, outcomes, strict=True) if isinstance(outcome, ActionTaken)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, ConflictError)]
    assert (len(applied), len(refused)) == (1, 999)
    following = await run.wait_for(REVIEW, after=gate.id)
    await run.decide(following, "approved")
    result = (await run.ended()).result
    assert (result["prepared"], result["signed"]) == (applied[0], "approved")


async def test_a_decision_on_figures_that_are_not_shown_is_refused(drills: Any) -> None:
    run = await drills.start()
    gate = await run.wait_for(REVIEW)
    stale = drills.cell.tasks.action(run.id, "approved", gate_id=gate.id, payload_hash="0" * 64)
    assert isinstance(await refusal(stale), ConflictError)
    assert (await run.wait_for(REVIEW)).id == gate.id


async def test_a_decision_for_a_gate_that_is_closed_or_of_another_run_is_refused(drills: Any) -> None:
    run, other = await asyncio.gather(drills.start(), drills.start())
    gate, foreign = await run.wait_for(REVIEW), await other.wait_for(REVIEW)
    assert isinstance(await refusal(run.decide(foreign, "approved")), ConflictError)
    await run.decide(gate, "approved")
    following = await run.wait_for(REVIEW, after=gate.id)
    assert isinstance(await refusal(run.decide(gate, "approved", comments="again")), ConflictError)
    assert (await run.wait_for(REVIEW)).id == following.id


async def test_where_four_eyes_are_asked_the_preparer_cannot_sign_and_a_second_person_can(drills: Any) -> None:
    run = await drills.start(four_eyes=True)
    first = await run.wait_for(REVIEW)
    await run.decide(first, "approved")
    gate = await run.wait_for(REVIEW, after=first.id)
    assert gate.fourEyes
    assert isinstance(await refusal(run.decide(gate, "approved")), AuthorizationError)
    signer = (await drills.client.keys.create("signer", kind="tenant", tenant="demo")).apiKey
    async with Client(host=drills.client.host, api_key=signer) as client:
        cell: CellClient = client.cell("demo")
        await cell.tasks.action(run.id, "approved", gate_id=gate.id, payload_hash=gate.payloadHash)
    result = (await run.ended()).result
    assert result["prepared_by"] != result["signed_by"]


async def test_an_agents_key_and_a_readers_key_decide_nothing(drills: Any) -> None:
    run = await drills.start()
    gate = await run.wait_for(REVIEW)
    for kind, scopes in (("tenant", ["read"]), ("tenant", ["read", "write"])):
        key = (await drills.client.keys.create("weak", kind=kind, tenant="demo", scopes=scopes)).apiKey
        async with Client(host=drills.client.host, api_key=key) as client:
            cell = client.cell("demo")
            for call in (
                client.tasks.approve(run.id),
                cell.tasks.action(run.id, "approved", gate_id=gate.id, payload_hash=gate.payloadHash),
            ):
                assert isinstance(await refusal(call), AuthorizationError)
    assert (await run.wait_for(REVIEW)).id == gate.id
