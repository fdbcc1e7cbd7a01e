"""What cannot be read fails a run, or an activity, with the reason in words."""

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError, field_validator
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError

from ntro.testing import load_runbook
from ntro.testing.local import local_worker
from ntro.types.validation import MAX_PROBLEMS, in_words
from ntro.workflow import NtroWorkflow, activity, runbook
from ntro.workflow._failures import describe
from ntro.workflow.converter import INVALID_INPUT
from ntro.workflow.records import RecordBatch, RunRecord


class Account(BaseModel):
    code: str
    balance: Decimal

    @field_validator("balance")
    @classmethod
    def _positive(cls, value: Decimal) -> Decimal:
        if value < 0:
            raise ValueError("the balance is below zero")
        return value


class Books(BaseModel):
    currency: str
    accounts: list[Account] = []


@activity.defn(name="input_test.read_books")
async def read_books(given_books: dict[str, Any]) -> str:
    return Books.model_validate(given_books).currency


@runbook.defn
class InputTestWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, books: Books) -> str:
        return books.currency


@runbook.defn
class InputActivityWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, books: dict[str, Any]) -> str:
        name: str = await runbook.execute_activity(read_books, books)
        return name


BAD_BOOKS = {"accounts": [{"code": "1000", "balance": "-1"}, {"code": 5, "balance": "x"}]}
PLACES = ("currency", "accounts.0.balance", "accounts.1.code", "accounts.1.balance")


async def failure_of(workflow: type, books: dict[str, Any]) -> ApplicationError:
    async with local_worker([workflow], task_queue="runbook:input", activities=[read_books]) as client:
        name = workflow.__name__
        with pytest.raises(WorkflowFailureError) as caught:
            await client.execute_workflow(name, books, id=str(uuid4()), task_queue="runbook:input")
    failure = describe(caught.value.cause)
    return ApplicationError(failure.message, type=failure.type)


@pytest.mark.parametrize(
    ("workflow", "kind"), [(InputTestWorkflow, INVALID_INPUT), (InputActivityWorkflow, "ValidationError")]
)
async def test_input_that_does_not_fit_fails_the_run_and_each_place_is_named(workflow: type, kind: str):
    failure = await failure_of(workflow, BAD_BOOKS)
    assert failure.type == kind
    assert all(place in failure.message for place in PLACES)
    assert "the balance is below zero" in failure.message
    assert "[" not in failure.message
    assert "\n" not in failure.message


SANDBOXED = """
from pydantic import BaseModel

from ntro.workflow import NtroWorkflow, runbook


class Books(BaseModel):
    currency: str
    accounts: list[str] = []


@runbook.defn
class SandboxedInputWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, books: Books) -> str:
        return books.currency
"""


def sandboxed(folder: Path) -> type:
    (folder / "sandboxed-input" / "templates").mkdir(parents=True)
    (folder / "sandboxed-input" / "templates" / "activities.py").touch()
    (folder / "sandboxed-input" / "templates" / "workflow.py").write_text(SANDBOXED, "utf-8")
    return load_runbook(folder / "sandboxed-input")[0]


@pytest.mark.parametrize("in_sandbox", [True, False])
async def test_a_run_whose_input_cannot_be_read_is_recorded_as_failed(tmp_path: Path, in_sandbox: bool):
    workflow = sandboxed(tmp_path) if in_sandbox else InputTestWorkflow
    records: list[RunRecord] = []

    async def record(batch: RecordBatch) -> None:
        records.extend(batch.records)

    async with local_worker([workflow], task_queue="runbook:input", record=record) as client:
        with pytest.raises(WorkflowFailureError):
            await client.execute_workflow(
                workflow.__name__, {"accounts": []}, id=str(uuid4()), task_queue="runbook:input"
            )
    assert [item.type for item in records] == ["run.started", "run.failed"]
    assert records[-1].data["error_type"] == INVALID_INPUT
    assert "currency" in records[-1].data["message"]


async def test_input_that_fits_is_given_as_the_declared_model(tmp_path: Path):
    async with local_worker([sandboxed(tmp_path)], task_queue="runbook:input") as client:
        found = await client.execute_workflow(
            "SandboxedInputWorkflow", {"currency": "GBP"}, id=str(uuid4()), task_queue="runbook:input"
        )
    assert found == "GBP"


def test_what_was_given_is_not_repeated():
    with pytest.raises(ValidationError) as caught:
        Books.model_validate({"currency": {"canary": "3f1c"}})
    assert "3f1c" not in in_words(caught.value)


@given(count=st.integers(1, 40))
def test_many_problems_are_counted_not_listed(count: int):
    with pytest.raises(ValidationError) as caught:
        Books.model_validate({"currency": "GBP", "accounts": [{"code": "1"}] * count})
    words = in_words(caught.value)
    assert words.count("accounts.") == min(count, MAX_PROBLEMS)
    assert (f"and {count - MAX_PROBLEMS} more" in words) == (count > MAX_PROBLEMS)
