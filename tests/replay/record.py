"""Records the stored histories anew: `python tests/replay/record.py`, with the names of some or for all of them.

A history is replayed against every later version of the code, so it is recorded again only where a change to a runbook
or to the base class is meant to end running runs; the change is then part of the review.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import flow_runs
from keeping import keep, write
from people import close_activities, document_activities, month_module
from replaying import load
from temporalio.client import WorkflowFailureError

from ntro.testing import HAPPY, REJECT_ALL, Scenario, WorkflowHarness
from ntro.testing.local import time_skipping_server, worker_for
from ntro.workflow.records import RecordBatch

MONTH = month_module()
NAV, INGEST = load("nav-monthly"), load("document-ingest")
CHANGE = {"field": "debit", "old_value": "2000.00", "new_value": "2500.00"}
DOUBLED = [{"line_item_id": "0:0", **CHANGE}, {"line_item_id": "0:1", **CHANGE, "field": "credit"}]
ROW = {"line_item_id": "row-1", "field": "debit", "old_value": "900000.00", "new_value": "900000.01"}
TIMED_OUT = "document-ingest-timed-out"


@dataclass(frozen=True, slots=True)
class Run:
    """What happens in a run: how people answer, and what is odd about its documents."""

    scenario: Scenario
    month: Any = field(default_factory=MONTH.Month)
    changes: dict[str, Any] = field(default_factory=dict)
    issues: tuple[str, ...] = ()
    refused: int = 0


class Lopsided(MONTH.Month):  # type: ignore[name-defined]  # loaded by its path
    """A month whose opening trial balance does not balance."""

    def documents(self) -> Any:
        """As read, with one balance that is wrong."""
        found = super().documents()
        found["trial-balance"]["payload"]["line_items"][0]["debit"] = "1.00"
        return found


def answering(name: str, **overrides: str) -> Scenario:
    return Scenario(name=name, review_overrides=overrides)


CLOSES = {
    "nav-monthly-happy": Run(HAPPY),
    "nav-monthly-rejected-review": Run(answering("rejected review", review_journals="rejected")),
    "nav-monthly-rejected-sign-off": Run(answering("rejected sign-off", sign_off="rejected")),
    "nav-monthly-corrected": Run(Scenario(name="corrected", corrections={"review_journals": DOUBLED})),
    "nav-monthly-refused-correction": Run(Scenario(name="refused", corrections={"review_journals": DOUBLED[:1]})),
    "nav-monthly-failed-opening-balance": Run(HAPPY, month=Lopsided()),
    "nav-monthly-rejected-document": Run(answering("rejected document", review_document="rejected"), issues=("odd",)),
    "nav-monthly-rehearsed": Run(HAPPY, changes={"dry_run": True}),
}
DOCUMENTS = {
    "document-ingest-happy": Run(HAPPY),
    "document-ingest-refused-then-good": Run(HAPPY, refused=1),
    "document-ingest-rejected": Run(REJECT_ALL),
    "document-ingest-corrected": Run(Scenario(name="corrected", corrections={"review_document": [ROW]})),
}


async def close(name: str) -> None:
    """A run of nav-monthly; of the happy one also a run of document-ingest below it."""
    run = CLOSES[name]
    given = run.month.context(**run.changes)
    refs = {slot["source"]: {"document_ref": slot["source"]} for slot in given["documents"]}
    for slot in given["documents"]:
        slot["review"] = "when_issues"
    activities = [
        *close_activities(NAV, run.month),
        *document_activities(INGEST, run.month.documents(), issues=run.issues),
    ]
    async with WorkflowHarness(
        NAV.workflow_class, child_workflows=[INGEST.workflow_class], extra_activities=activities
    ) as harness:
        scenario = replace(run.scenario, extra_signal_payloads=refs)
        result = await harness.run(input=given, scenario=scenario, timeout_s=60)
        await keep(harness, name, result.workflow_id)
        if name == "nav-monthly-happy":
            child = next(item for item in result.records if item.startswith(f"{result.workflow_id}:"))
            await keep(harness, "document-ingest-child", child)


async def document(name: str) -> None:
    """A run of document-ingest."""
    run = DOCUMENTS[name]
    given = {**context(), "schema_slug": "trial-balance", "source": "trial-balance"}
    activities = document_activities(INGEST, run.month.documents(), issues=run.issues, refused=run.refused)
    async with WorkflowHarness(INGEST.workflow_class, extra_activities=activities) as harness:
        submitted = {"trial-balance": {"document_ref": "trial-balance"}}
        result = await harness.run(input=given, scenario=replace(run.scenario, extra_signal_payloads=submitted))
        await keep(harness, name, result.workflow_id)


async def timed_out(name: str) -> None:
    """A run of document-ingest that nobody hands a document."""

    async def record(_batch: RecordBatch) -> None:
        return None

    queue = "runbook:document-ingest"
    async with time_skipping_server() as environment:
        client = environment.client
        async with worker_for(client, [INGEST], queue, record=record):
            started = await client.start_workflow(
                "DocumentIngestWorkflow", context(), id=str(uuid4()), task_queue=queue
            )
            try:
                await started.result()
            except WorkflowFailureError:
                write(name, started.id, (await started.fetch_history()).to_json_dict())


def context() -> dict[str, Any]:
    return {"tenant_slug": MONTH.TENANT, "entity_slug": MONTH.ENTITY_SLUG, "period": MONTH.PERIOD}


RECORDERS: dict[str, Callable[[str], Awaitable[None]]] = {
    **dict.fromkeys(CLOSES, close),
    **dict.fromkeys(DOCUMENTS, document),
    TIMED_OUT: timed_out,
    **flow_runs.RECORDERS,
}


async def main(names: list[str]) -> None:
    """Records the histories of these names."""
    for name in names or RECORDERS:
        await RECORDERS[name](name)
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
