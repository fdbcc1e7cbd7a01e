"""Every real statement and invoice through a real run: upload, read, review, commit; then the books are looked at."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.real_data]
AT_ONCE = 8


def as_reading(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A committed payload in the shape of `ntro document read`."""
    fields, rows = payload["fields"], payload["line_items"]
    if "statements" not in fields:
        return {**fields, "lines": rows, "issues": payload["issues"]}
    statements = [
        {**head, "entries": [row for row in rows if row["statement"] == number]}
        for number, head in enumerate(fields["statements"], start=1)
    ]
    assert sum(len(statement["entries"]) for statement in statements) == len(rows)
    return {"statements": statements, "listed_accounts": fields["listed_accounts"], "issues": payload["issues"]}


async def drive(books: Any, case: Any, good: Path) -> str:
    """Takes one file through a run; answers what came of it."""
    run = await books.start(schema_slug=case.schema)
    await run.hand_in(case.path)
    if case.refused_as is not None:
        await refused_then_replaced(run, case, good)
        return "refused"
    review = await run.wait_for("interactive_review")
    case.check(as_reading(review.payload))
    await run.decide(review, "approved")
    task = await run.ended()
    assert (task.status, task.result["status"]) == ("COMPLETED", "committed"), str(case)
    (row,) = await books.committed(run.id)
    payload = json.loads(row["payload"])
    case.check(as_reading(payload))
    assert (row["schema_slug"], json.loads(row["corrections"])) == (case.schema, []), str(case)
    assert payload["provenance"]["filename"] == case.path.name
    assert payload["issues"] == review.payload["issues"]
    return "with issues" if payload["issues"] else "clean"


async def refused_then_replaced(run: Any, case: Any, good: Path) -> None:
    """The gate opens again and says why; the next file is taken."""
    first = await run.wait_for("submit_file")

    async def refusal() -> Any:
        for gate in (await run.books.cell.tasks.ui(run.id)).gates:
            if gate.model_extra.get("feedback"):
                return gate
        return None

    gate = await run.until(refusal)
    assert gate.kind == first.kind == "submit_file"
    feedback = gate.model_extra["feedback"]
    assert (feedback["level"], feedback["payload"]["code"]) == ("error", case.refused_as)
    assert case.path.name in feedback["payload"]["message"]
    assert await run.books.committed(run.id) == []
    await run.hand_in(good)
    await run.decide(await run.wait_for("interactive_review"), "approved")
    assert (await run.ended()).result["filename"] == good.name


@pytest.mark.timeout(300)
async def test_every_real_statement_and_invoice_is_committed_exactly_or_refused_by_name(
    cases: list[Any], books: Any
) -> None:
    good = next(case.path for case in cases if case.folder == "einvoices-en16931-xml")
    turns = asyncio.Semaphore(AT_ONCE)
    outcomes: dict[str, Counter[str]] = {case.folder: Counter() for case in cases}

    async def one(case: Any) -> None:
        async with turns:
            outcomes[case.folder][await drive(books, case, good)] += 1

    began = time.monotonic()
    async with asyncio.TaskGroup() as together:
        for case in cases:
            together.create_task(one(case))
    seconds = time.monotonic() - began
    for folder, found in outcomes.items():
        print(f"{folder}: {found.total()} files through runs: {dict(found)}")  # noqa: T201 — counts belong to the result
    print(f"{len(cases)} runs in {seconds:.1f} s: {len(cases) / seconds:.2f} runs a second")  # noqa: T201 — as above
    assert sum(found.total() for found in outcomes.values()) == len(cases)
    assert outcomes["invoices-adversarial"]["refused"] == 1
