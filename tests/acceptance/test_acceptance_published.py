"""Runbooks written for the published SDK, unedited, deployed to the running system and driven to their ends."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.stack
PUBLISHED = Path(__file__).parents[1] / "published"
REVIEW = "interactive_review"


@pytest.fixture
async def batches(doors: Any, stack: Any, deployed: Callable[[Path], str], books_of: Any) -> AsyncIterator[Any]:
    """An entity with the published batch of expenses."""
    async with books_of(doors, stack, deployed(PUBLISHED / "spend-batch")) as made:
        yield made


@pytest.fixture
async def intakes(doors: Any, stack: Any, deployed: Callable[[Path], str], books_of: Any) -> AsyncIterator[Any]:
    """An entity with the published intake of documents."""
    async with books_of(doors, stack, deployed(PUBLISHED / "statement-intake")) as made:
        yield made


@pytest.mark.parametrize(("verdict", "status"), [("approved", "no_gl"), ("rejected", "rejected")])
async def test_a_batch_in_the_facades_dialect_is_collected_reviewed_and_ends(
    batches: Any, tmp_path: Path, verdict: str, status: str
) -> None:
    run = await batches.start()
    await run.wait_for("submit_file")
    rows = tmp_path / "expenses.csv"
    rows.write_text("vendor,amount\nRates Office,10.00\n")
    await run.hand_in(rows, source="expenses")
    gate = await run.wait_for(REVIEW)
    [item] = gate.payload["line_items"]
    assert (item["vendor"], gate.payload["columns"] != []) == ("expenses.csv", True)
    await run.decide(gate, verdict)
    ended = await run.ended()
    assert (ended.status, ended.result["status"]) == ("COMPLETED", status)


async def test_an_intake_in_the_engines_dialect_says_what_it_lacks_where_no_model_is_configured(
    intakes: Any, tmp_path: Path
) -> None:
    run = await intakes.start(schema_slug="rent-roll-zenko")
    await run.wait_for("submit_file")
    await run.hand_in(pdf_in(tmp_path))
    ended = await run.ended()
    steps = {step.id: step.status for step in ended.steps}
    assert (ended.status, steps["extract"]) == ("FAILED", "FAILED")
    assert ended.failure["type"] == "AINotConfiguredError"


def pdf_in(folder: Path) -> Path:
    from reportlab.pdfgen.canvas import Canvas

    path = folder / "roll.pdf"
    canvas = Canvas(str(path))
    canvas.drawString(72, 720, "Unit 1 rent 950.00")
    canvas.save()
    return path
