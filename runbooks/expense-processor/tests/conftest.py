"""A real database with the cell's schema, the bundle's modules, and a run that a test drives as people would."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio.client import WorkflowHandle

from ntro import data
from ntro.ingest import insert_submitted_document
from ntro.testing import WorkflowHarness, load_runbook
from ntro.workflow.decisions import DECIDE_UPDATE, USER_ACTION_SIGNAL, Decision

BUNDLE = Path(__file__).parents[1]
WAIT_SECONDS = 20


@pytest.fixture(scope="session")
def expense_bundle() -> tuple[type, list[Callable[..., Any]]]:
    """The workflow class and the activities."""
    return load_runbook(BUNDLE)


@pytest.fixture(scope="session")
def expense_modules(expense_bundle: tuple[type, list[Callable[..., Any]]]) -> Callable[[str], ModuleType]:
    """A module of the bundle by its name."""
    package = expense_bundle[0].__module__.rpartition(".")[0]
    return lambda name: import_module(f"{package}.{name}")


@pytest.fixture
def expense_context() -> dict[str, Any]:
    """An entity's configuration."""
    return {
        "tenant_slug": "acme",
        "entity_id": str(uuid4()),
        "entity_slug": "spv1",
        "period": "2026-03",
        "books": {
            "currency": "GBP",
            "tax_recoverable": False,
            "gl_map": {"accounts_payable": "2100", "vat_input": "1400", "repairs": "5100", "bank": "1100"},
            "supplier_rules": [{"contains": "Maintenance", "role": "repairs"}],
        },
        "expense_accounts": {"travel": "5600"},
    }


@pytest.fixture
def expense_db(data_plane: data.DataPlane) -> data.DataPlane:
    """The tenant's database, empty."""
    return data_plane


@dataclass
class ExpenseRun:
    """A run of the real workflow with its real activities, and what people do to it."""

    db: data.DataPlane
    context: dict[str, Any]
    handle: WorkflowHandle[Any, Any]
    _last_gate: str = ""

    @property
    def task_id(self) -> UUID:
        return UUID(self.handle.id)

    async def gate(self, kind: str) -> dict[str, Any]:
        """The next gate, which was not looked at before."""
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                pending = await self.handle.query("current_pending_action")
                if pending and pending["kind"] == kind and pending["gate_id"] != self._last_gate:
                    self._last_gate = pending["gate_id"]
                    return dict(pending)
                await asyncio.sleep(0.02)

    async def shown(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """What the open review shows, as soon as `holds`."""
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                pending = await self.handle.query("current_pending_action")
                if pending and holds(pending):
                    return dict(pending)
                await asyncio.sleep(0.02)

    async def submit(self, content: str | bytes, filename: str = "expenses.csv") -> str:
        """Stores a file and tells the run."""
        document = await insert_submitted_document(
            self.db,
            entity_slug=self.context["entity_slug"],
            period="2026-03",
            source="expenses",
            filename=filename,
            content_type="text/csv",
            data_bytes=content.encode() if isinstance(content, str) else content,
            task_id=str(self.task_id),
        )
        await self.handle.signal("document_submitted", {"document_ref": document.id, "filename": filename})
        return document.id

    async def decide(self, gate: dict[str, Any], action: str = "approved", corrections: Any = ()) -> None:
        """A person's decision on what `gate` shows."""
        decision = Decision.model_validate(
            {
                "gate_id": gate["gate_id"],
                "action": action,
                "decision_id": str(uuid4()),
                "actor": "anna",
                "corrections": list(corrections),
                "payload_hash": gate["payload_hash"],
            }
        )
        await self.handle.execute_update(DECIDE_UPDATE, decision)

    async def row_action(self, gate: dict[str, Any], **action: Any) -> None:
        """What the cell sends after it changed the row."""
        said = {"kind": "row_action", "payload": action, "gate_id": gate["gate_id"], "actor": "anna"}
        await self.handle.signal(USER_ACTION_SIGNAL, said)

    async def result(self) -> Any:
        async with asyncio.timeout(WAIT_SECONDS):
            return await self.handle.result()

    async def journals(self) -> list[dict[str, Any]]:
        """What the ledger has, line by line."""
        return await self.db.fetch(
            """select j.idempotency_key, j.posting_date, l.account_code, l.debit, l.credit from ledgers.journals j
               join ledgers.journal_lines l on l.journal_id = j.id order by j.description, l.line_number"""
        )

    async def statuses(self) -> dict[str, str]:
        """The status of each row by its vendor."""
        rows = await self.db.fetch("select vendor, status from ledgers.expenses order by created_at, id")
        return {row["vendor"]: row["status"] for row in rows}


Starter = Callable[..., Any]


@pytest.fixture
def expense_run(
    expense_bundle: tuple[type, list[Callable[..., Any]]], expense_db: data.DataPlane, expense_context: dict[str, Any]
) -> Starter:
    """Starts a run; `async with expense_run() as run`."""

    @asynccontextmanager
    async def start(**changes: Any) -> AsyncIterator[ExpenseRun]:
        cls, activities = expense_bundle
        async with WorkflowHarness(cls, extra_activities=activities) as harness:
            assert harness._environment is not None
            given = expense_context | changes
            handle = await harness._environment.client.start_workflow(
                "ExpenseProcessorWorkflow",
                given,
                id=str(uuid4()),
                task_queue=harness._queue,
                result_type=import_module(f"{cls.__module__.rpartition('.')[0]}.models").PeriodExpenses,
            )
            yield ExpenseRun(expense_db, given, handle)

    return start
