"""Plants canaries through every door that takes a tenant's data, in real runs that end."""

import json
import time
from pathlib import Path
from typing import Any

from tests.conftest import Stack
from tests.security.canaries import Canaries
from tests.security.documents import bank_statement, trial_balance_csv, trial_balance_xlsx

from ntro.workspace.cell import CellClient, Gate
from ntro.workspace.client import Client
from ntro.workspace.models import Task

TENANT = "demo"
ENTITY = "canary-spv"
WORKFLOW = "Documents of the canary SPV"
GATE_SECONDS = 60.0
EXTRA_KEYS = 20


class Planter:
    """An operator and an accountant of the demo tenant."""

    def __init__(self, stack: Stack, client: Client, canaries: Canaries, folder: Path) -> None:
        self._stack = stack
        self._client = client
        self._cell: CellClient = client.cell(TENANT)
        self._canaries = canaries
        self._folder = folder

    def plant(self) -> None:
        """Closes the demo month, then takes in documents: one corrected, one rejected first, one by the relay."""
        self._stack.ntro("demo", "-o", "json")
        self._client.entities.create_sync(TENANT, "Canary SPV", ENTITY, type="SPV", currency="GBP", config={})
        self._client.workflows.create_sync("document-ingest", ENTITY, tenant=TENANT, name=WORKFLOW)
        tasks = [self._corrected(), self._rejected_first(), self._relayed()]
        for task in tasks:
            self._client.tasks.wait_sync(task.id, seconds=GATE_SECONDS, every=0.2)
            assert self._cell.tasks.get_sync(task.id).status == "COMPLETED"

    def _corrected(self) -> Task:
        task = self._start("trial-balance")
        self._submit(task, trial_balance_csv(self._canaries, self._folder))
        gate = self._gate(task)
        lines = (gate.payload or {})["line_items"]
        corrections = {
            "line_items": [
                {"line_item_id": line["id"], "field": "name", "new_value": self._canaries.word("correction")}
                for line in lines[:5]
            ]
        }
        self._decide(task, gate, "corrected", corrections=corrections)
        self._decide(task, self._gate(task, after=gate), "approved")
        return task

    def _rejected_first(self) -> Task:
        task = self._start("trial-balance")
        self._submit(task, trial_balance_xlsx(self._canaries, self._folder))
        self._decide(task, self._gate(task), "rejected")
        self._gate(task, kind="submit_file")
        self._submit(task, trial_balance_xlsx(self._canaries, self._folder))
        self._decide(task, self._gate(task), "approved")
        return task

    def _relayed(self) -> Task:
        """As a client does that knows Workspace alone: through its command line and its relay."""
        task = self._start("bank-statement")
        self._submit(task, bank_statement(self._canaries, self._folder))
        self._gate(task)
        assert self._client.tasks.next_step_sync(task.id).action == "review"
        self._client.tasks.approve_sync(task.id, reason=self._canaries.word("reason through the relay"))
        assert self._client.tasks.logs_sync(task.id)
        return task

    def _start(self, source: str) -> Task:
        where = "context of a task"
        context = {
            "period": "2026-03",
            "source": source,
            "title": self._canaries.word(where),
            "instructions": self._canaries.word(where),
            **{self._canaries.word("key in a context"): self._canaries.word(where) for _ in range(EXTRA_KEYS)},
        }
        started = self._stack.json(
            "workflow", "run", WORKFLOW, "--tenant", TENANT, "--entity", ENTITY, "--context", json.dumps(context)
        )
        return Task.model_validate(started)

    def _submit(self, task: Task, path: Path) -> None:
        gate = self._gate(task, kind="submit_file")
        self._cell.files.add_sync(task.id, path, gate_id=gate.id)

    def _decide(self, task: Task, gate: Gate, kind: str, corrections: dict[str, Any] | None = None) -> None:
        self._cell.tasks.action_sync(
            task.id,
            kind,
            comments=self._canaries.word("comment"),
            gate_id=gate.id,
            payload_hash=gate.payloadHash,
            corrections=corrections,
        )

    def _gate(self, task: Task, *, kind: str = "interactive_review", after: Gate | None = None) -> Gate:
        """The open gate of a kind, once there is one that is not `after`."""
        end = time.monotonic() + GATE_SECONDS
        while time.monotonic() < end:
            for gate in self._cell.tasks.ui_sync(task.id).gates:
                if gate.kind == kind and (
                    after is None or (gate.id, gate.payloadHash) != (after.id, after.payloadHash)
                ):
                    return gate
            time.sleep(0.1)
        raise AssertionError(f"task {task.id} has no {kind} gate: {self._cell.tasks.get_sync(task.id)}")
