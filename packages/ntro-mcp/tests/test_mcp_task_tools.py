"""Tools of a task, against a real cell: what is read, handed in, reported; and what is left to people."""

import asyncio
import base64
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pytest_httpserver import HTTPServer


async def test_a_task_is_read_from_its_cell_with_what_its_gate_shows(world: Any) -> None:
    task = await world.task(status="BLOCKED")
    gate = await world.gate(task)
    async with world.agent() as agent:
        shown = await agent.call("ntro_task_get", task_id=task)
        step = await agent.call("ntro_task_next_step", task_id=task)
        period = await agent.call("ntro_tasks_get_period", task_id=task)
    assert shown["status"] == "BLOCKED"
    assert (step["action"], step["id"], step["payload"]) == ("review", gate, {"nav": "1000000.01"})
    assert step["link"].endswith(f"/tasks/{task}")
    assert period == {"taskId": task, "period": "2026-03"}


async def test_waiting_for_a_next_step_is_bounded_and_says_when_to_ask_again(world: Any) -> None:
    task = await world.task()
    async with world.agent() as agent:
        step = await agent.call("ntro_task_next_step", task_id=task, wait_seconds=1)
        refused = await agent.fail("ntro_task_next_step", task_id=task, wait_seconds=51)
    assert step["action"] == "wait"
    assert step["pollAfterMs"] > 0
    assert refused["code"] == "invalid"


async def test_a_task_whose_start_is_on_its_way_to_the_cell_is_waited_for(world: Any) -> None:
    task = await world.queued_task()
    async with world.agent() as agent:
        asking = asyncio.create_task(agent.call("ntro_task_get", task_id=task))
        await asyncio.sleep(0.5)
        assert not asking.done()
        await world.start(task)
        assert (await asking)["status"] == "IN_PROGRESS"


@pytest.mark.parametrize("tool", ["ntro_task_approve", "ntro_task_reject"])
async def test_signing_is_left_to_a_person_also_with_a_key_that_could_sign(world: Any, tool: str) -> None:
    task = await world.task(status="BLOCKED")
    gate = await world.gate(task, four_eyes=True)
    async with world.agent() as agent:
        prepared = await agent.call(tool, task_id=task, reason="Agreed to the bank", payload_hash="a" * 64)
    assert (prepared["state"], prepared["gateId"], prepared["payloadHash"]) == ("needs_person", gate, "a" * 64)
    assert prepared["link"].endswith(f"/tasks/{task}")
    assert prepared["refusal"]
    assert "prepare" in prepared["signers"]
    assert [row["status"] for row in await world.sql("select status from system.gates where id = $1", gate)] == ["open"]


async def test_an_agents_own_key_is_refused_in_the_cells_words(world: Any, registered_agent: dict[str, Any]) -> None:
    task = await world.task(status="BLOCKED")
    await world.gate(task)
    await world.invoke(registered_agent, task)
    async with world.agent(key=registered_agent["apiKey"]) as agent:
        prepared = await agent.call("ntro_task_approve", task_id=task)
    assert prepared["state"] == "needs_person"
    assert prepared["refusal"]
    assert prepared["link"].endswith(f"/tasks/{task}")
    assert "1000000.01" not in str(prepared)


async def test_a_decision_on_what_has_moved_or_is_not_there_is_an_error(world: Any) -> None:
    task = await world.task(status="BLOCKED")
    async with world.agent() as agent:
        none = await agent.fail("ntro_task_approve", task_id=task)
        await world.gate(task)
        moved = await agent.fail("ntro_task_approve", task_id=task, payload_hash="b" * 64)
        await world.gate(task)
        several = await agent.fail("ntro_task_approve", task_id=task)
    assert [none["code"], moved["code"], several["code"]] == ["gate_not_open", "payload_changed", "several_gates"]


async def test_a_document_answers_the_gate_that_asks_for_it(world: Any) -> None:
    task = await world.task(status="BLOCKED")
    gate = await world.file_gate(task, "bank_statement")
    content = base64.b64encode(b"date;amount\n2026-03-31;10.00\n").decode()
    async with world.agent() as agent:
        answer = await agent.call(
            "ntro_document_submit",
            task_id=task,
            filename="bank.csv",
            content_base64=content,
            source="bank_statement",
        )
        files = await agent.call("ntro_tasks_list_files", task_id=task)
    assert (answer["gateId"], answer["file"]["filename"]) == (gate, "bank.csv")
    assert [row["id"] for row in files["items"]] == [answer["file"]["id"]]


async def test_a_document_that_nothing_waits_for_is_not_submitted_but_may_be_added_once(
    world: Any, tmp_path: Path
) -> None:
    task = await world.task()
    file = tmp_path / "note.csv"
    file.write_text("a;b\n1;2\n")
    async with world.agent() as agent:
        refused = await agent.fail("ntro_document_submit", task_id=task, path=str(file))
        first = await agent.call("ntro_task_file_ingest", task_id=task, path=str(file))
        again = await agent.call("ntro_task_file_ingest", task_id=task, path=str(file))
    assert refused["code"] == "gate_not_open"
    assert first["id"] == again["id"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"filename": "a.csv", "content_base64": "AA==", "path": "/a.csv"},
        {"content_base64": "AA=="},
        {"filename": "a.csv", "content_base64": "not base64"},
    ],
)
async def test_a_file_that_cannot_be_meant_is_an_error_with_a_hint(world: Any, given: dict[str, str]) -> None:
    task = await world.task()
    async with world.agent() as agent:
        refused = await agent.fail("ntro_task_file_ingest", task_id=task, **given)
    assert (refused["code"], bool(refused["hint"])) == ("usage", True)


async def test_steps_of_an_agent_are_events_of_the_task(world: Any, registered_agent: dict[str, Any]) -> None:
    task = await world.task()
    await world.invoke(registered_agent, task)
    async with world.agent(key=registered_agent["apiKey"]) as agent:
        await agent.call("ntro_steps_define", task_id=task, steps=[{"id": "read", "title": "Read the ledger"}])
        for state in ("started", "working", "completed", "failed"):
            await agent.call("ntro_steps_progress", task_id=task, step_id="read", state=state, text=state)
        first = await agent.call("ntro_tasks_list_events", task_id=task, limit=3)
        rest = await agent.call("ntro_tasks_list_events", task_id=task, after=first["nextAfter"])
    types = [event["type"] for event in first["items"] + rest["items"]]
    assert types == ["plan_declared", "step_started", "reasoning.delta", "step_completed", "step_failed"]
    assert rest["nextAfter"] is None


async def test_a_question_to_people_is_pending_until_they_answer_it(world: Any) -> None:
    task = await world.task()
    async with world.agent() as agent:
        question = {"task_id": task, "step_id": "draft", "payload": {"fee": "10.00"}}
        asked = await agent.call("ntro_steps_request_approval", **question, wait_seconds=0)
        await answer(world, task, asked["requestId"], {"action": "approved", "actedBy": "u-anna"})
        resumed = await agent.call(
            "ntro_steps_request_approval", **question, request_id=asked["requestId"], seq=asked["seq"], wait_seconds=10
        )
        events = await agent.call("ntro_tasks_list_events", task_id=task)
    assert (asked["state"], bool(asked["pollAfterMs"])) == ("pending", True)
    assert (resumed["state"], resumed["result"]["action"]) == ("answered", "approved")
    assert [event["type"] for event in events["items"]].count("requires_input") == 1


async def test_a_file_is_asked_for_and_the_call_waits_for_it(world: Any) -> None:
    task = await world.task()
    async with world.agent() as agent:
        waiting = asyncio.create_task(
            agent.call("ntro_steps_request_file", task_id=task, step_id="s", source="tb", schema="tb", wait_seconds=30)
        )
        asked = await question_of(world, task)
        await answer(world, task, asked, {"document_ref": "d"})
        found = await waiting
    assert (found["state"], found["result"]) == ("answered", {"document_ref": "d"})


async def test_an_agents_key_does_nothing_on_a_task_that_it_does_not_work_on(world: Any, agent_key: str) -> None:
    task = await world.task()
    async with world.agent(key=agent_key) as agent:
        refused = await agent.fail("ntro_steps_define", task_id=task, steps=[{"id": "a", "title": "A"}])
    assert refused["status"] in {403, 404}


async def test_a_record_is_handed_in_once(world: Any) -> None:
    task = await world.task()
    record = {"task_id": task, "kind": "expense", "data": {"amount": "10.50"}}
    async with world.agent() as agent:
        first = await agent.call("ntro_task_data_ingest", **record)
        again = await agent.call("ntro_task_data_ingest", **record)
        inexact = await agent.fail("ntro_task_data_ingest", task_id=task, data={"amount": 10.5})
    assert first["eventId"] == again["eventId"]
    assert (first["runId"], inexact["code"]) == (task, "usage")


async def test_a_missing_task_means_the_task_of_the_session(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    task = await world.task()
    async with world.agent() as agent:
        nobody = await agent.fail("ntro_tasks_get_period")
    monkeypatch.setenv("NTRO_TASK_ID", task)
    async with world.agent() as agent:
        mine = await agent.call("ntro_tasks_get_period")
    assert (nobody["code"], mine["taskId"]) == ("usage", task)


async def test_watching_a_run_goes_on_from_the_last_event_seen(world: Any) -> None:
    task = await world.task()
    async with world.agent() as agent:
        await agent.call("ntro_steps_progress", task_id=task, step_id="read", state="started")
        first = await agent.call("ntro_run_watch", task_id=task)
        quiet = await agent.call("ntro_run_watch", task_id=task, after=first["lastSeq"], wait_seconds=1)
        await world.sql("update system.tasks set status = 'COMPLETED', closed_at = now() where id = $1", UUID(task))
        closed = await agent.call("ntro_run_watch", task_id=task, after=first["lastSeq"], wait_seconds=20)
    assert [event["type"] for event in first["events"]] == ["step_started"]
    assert (quiet["state"], quiet["events"], quiet["lastSeq"]) == ("pending", [], first["lastSeq"])
    assert (closed["state"], closed["status"]) == ("completed", "COMPLETED")


async def test_a_task_that_is_not_there_is_not_found(world: Any) -> None:
    async with world.agent() as agent:
        missing = await agent.fail("ntro_task_get", task_id=str(UUID(int=7)))
    assert (missing["code"], missing["status"]) == ("not_found", 404)


async def answer(world: Any, task: str, request: str, result: dict[str, Any]) -> None:
    """What a person's page posts."""
    async with world.client() as client:
        said = {"request_id": request, "result": result}
        await client.cell(world.tenant).reports.add(task, "input_resolved", said)


async def question_of(world: Any, task: str) -> str:
    """The request that the task's log holds, waited for."""
    async with asyncio.timeout(20):
        while True:
            rows = await world.sql(
                "select payload from system.events where task_id = $1 and type = 'requires_input'", UUID(task)
            )
            if rows:
                return str(rows[0]["payload"]["payload"]["request_id"])
            await asyncio.sleep(0.05)


async def test_where_the_cell_lets_agents_decide_a_gate_the_decision_is_taken(
    httpserver: HTTPServer, connected: Any
) -> None:
    gate = {"id": "g", "kind": "interactive_review", "payloadHash": "h", "payload": {}}
    token = {"token": "t", "expiresAt": "2999-01-01T00:00:00Z", "url": httpserver.url_for("/cell/v1")}
    task = {"id": "k", "tenantId": "acme", "workflowId": "w", "status": "BLOCKED"}
    sent = {"type": "approved", "comments": "fine", "gateId": "g", "payloadHash": "h"}
    httpserver.expect_request("/v1/workspace/tasks/k").respond_with_json(task)
    httpserver.expect_request("/v1/workspace/tenants/acme/access-token", method="POST").respond_with_json(token)
    httpserver.expect_request("/cell/v1/tasks/k/ui").respond_with_json({"gates": [gate]})
    httpserver.expect_request("/cell/v1/tasks/k/action", method="POST", json=sent).respond_with_json({"ok": True})
    async with connected(httpserver.url_for("/v1")) as agent:
        done = await agent.call("ntro_task_approve", task_id="k", reason="fine")
    assert (done["state"], done["refusal"], done["gateId"]) == ("decided", None, "g")
