"""What the forms of the pages do."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from ntro.workflow.decisions import Verdict
from ntro_server.errors import ApiError, Invalid
from ntro_tenant.api.authentication import CellDependency, Decider
from ntro_tenant.core.cell import Cell
from ntro_tenant.core.decisions import Verdicts, decision_for, send_decision
from ntro_tenant.core.people import Person
from ntro_tenant.core.references import TaskReference, task_reference
from ntro_tenant.db.gates_repository import gate as find_gate
from ntro_tenant.db.gates_repository import open_gates
from ntro_tenant.ui.corrections import corrections_of
from ntro_tenant.ui.page_route import PageRoute
from ntro_tenant.ui.pages import frame, task_values
from ntro_tenant.ui.rendering import page
from ntro_tenant.ui.review import review_of

SETTLING_SECONDS = 5.0

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.post("/tasks/{run_id}/decide")
async def decide(
    request: Request,
    cell: CellDependency,
    person: Decider,
    run_id: str,
    gate_id: Annotated[str, Form(max_length=2000)],
    action: Annotated[Verdict, Form()],
    payload_hash: Annotated[str, Form(max_length=64)] = "",
    comments: Annotated[str, Form(max_length=4000)] = "",
) -> HTMLResponse:
    """Decides a gate with what was typed into its form; answers the page as it is then, or with the refusal."""
    reference = task_reference(run_id)
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    refusal = None
    try:
        await _decide(
            cell, person, reference, Verdicts(action, comments.strip() or None, gate_id, payload_hash or None), form
        )
    except ApiError as error:
        refusal = " ".join(filter(None, (error.message, error.hint)))
    shown = await task_values(cell, person, run_id)
    values = shown.values() | {"refusal": refusal, "refused_gate": gate_id}
    return page("_task.html", **await frame(request, cell, person), **values)


async def _decide(cell: Cell, person: Person, reference: TaskReference, said: Verdicts, form: dict[str, str]) -> None:
    if said.action == "rejected" and said.comments is None:
        raise Invalid("Say why you reject: who prepared this must know what to change.")
    async with cell.pool.acquire() as connection:
        shown = await find_gate(connection, said.gate_id or "")
        typed = tuple(corrections_of(review_of(shown), form)) if shown and said.action != "rejected" else ()
        if said.action == "corrected" and not typed:
            raise Invalid("Nothing was changed, so there is nothing to save.")
        whole = Verdicts(said.action, said.comments, said.gate_id, said.payload_hash, typed)
        gate, decision = await decision_for(connection, cell.attention, reference, person, whole)
    with cell.live.watching(reference.task_id) as news:
        async with cell.turnstile.turn(gate.id):
            await send_decision(await cell.temporal.client(), gate, decision)
        await _settled(cell, reference, gate.id, news)


async def _settled(cell: Cell, reference: TaskReference, gate_id: str, news: asyncio.Event) -> None:
    """Waits until the decision is recorded, so that the answer shows it; a slow recorder is not waited for."""
    try:
        async with asyncio.timeout(SETTLING_SECONDS):
            while True:
                news.clear()
                async with cell.pool.acquire() as connection:
                    gates = await open_gates(connection, reference.task_id, reference.run_id)
                if all(gate.id != gate_id for gate in gates):
                    return
                await news.wait()
    except TimeoutError:
        return
