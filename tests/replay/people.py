"""Runs of the runbooks in memory, with the figures of a known month instead of files and a database."""

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from replaying import CHECKOUT

from ntro.accounting.property_spv import CommittedDocument
from ntro.runbook.bundle import LoadedBundle
from ntro.workflow import activity

Activities = list[Callable[..., Any]]


def month_module() -> ModuleType:
    """The months with known truth that nav-monthly is tested with."""
    path = CHECKOUT / "runbooks/nav-monthly/tests/navm_month.py"
    spec = importlib.util.spec_from_file_location("navm_month", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def part(bundle: LoadedBundle, name: str) -> Any:
    """A module of a loaded runbook."""
    return importlib.import_module(f"{bundle.workflow_class.__module__.rpartition('.')[0]}.{name}")


def close_activities(bundle: LoadedBundle, what: Any) -> Activities:
    """The activities of nav-monthly that would use the database, over the documents of a month."""
    models, opening, journals = (part(bundle, name) for name in ("models", "opening", "journals"))
    committed = [CommittedDocument(source=source, **slot) for source, slot in what.documents().items()]

    @activity.defn(name="nav_monthly.open_period")
    async def open_period(context: Any) -> Any:
        return models.PeriodOpened(period_id=str(uuid5(NAMESPACE_URL, context["period"])), previous=None)

    @activity.defn(name="nav_monthly.check_starting_tb")
    async def check_starting_tb(given: dict[str, Any]) -> Any:
        request = models.StartingTBInput.model_validate(given)
        found = opening.opening_of(request.context, committed)
        checks = opening.opening_checks(request.context, found, request.previous)
        return models.StartingTBVerified(opening=found, checks=checks)

    @activity.defn(name="nav_monthly.propose_journals")
    async def propose_journals(given: dict[str, Any]) -> Any:
        request = models.ProposeInput.model_validate(given)
        return journals.propose(request.context, journals.basis_of(request.context, request.opening, committed))

    @activity.defn(name="nav_monthly.correct_journals")
    async def correct_journals(given: dict[str, Any]) -> Any:
        request = models.CorrectInput.model_validate(given)
        basis = journals.basis_of(request.context, request.opening, committed)
        return journals.correct(request.proposed, basis, request.corrections, actor=request.actor)

    @activity.defn(name="nav_monthly.post_journals")
    async def post_journals(given: dict[str, Any]) -> Any:
        close = models.CloseInput.model_validate(given)
        count = len(close.proposed.journals)
        return models.PostedJournals(journal_ids=[str(uuid5(NAMESPACE_URL, f"journal {n}")) for n in range(count)])

    @activity.defn(name="nav_monthly.write_pack")
    async def write_pack(given: dict[str, Any]) -> Any:
        files = await part(bundle, "pack").pack_files(models.CloseInput.model_validate(given), [])
        return [
            models.PackFile(
                document_ref=str(uuid5(NAMESPACE_URL, file.filename)),
                filename=file.filename,
                sha256=hashlib.sha256(file.content).hexdigest(),
                size_bytes=len(file.content),
            )
            for file in files
        ]

    calculated = [item for item in bundle.activities if item.__name__ == "calculate_nav"]
    return [open_period, check_starting_tb, propose_journals, correct_journals, post_journals, write_pack, *calculated]


def document_activities(
    bundle: LoadedBundle, slots: dict[str, dict[str, Any]], *, issues: Sequence[str] = (), refused: int = 0
) -> Activities:
    """The activities of document-ingest that would read and store. The first `refused` readings are refusals."""
    models = part(bundle, "models")
    left = [refused]

    @activity.defn(name="document_ingest.read_document")
    async def read(request: dict[str, Any]) -> Any:
        if left[0]:
            left[0] -= 1
            return models.Reading(refused_code="unreadable", refused_message="it is no document", filename="a.xml")
        slot = slots[request["document_ref"]]
        return models.Reading(
            filename=f"{request['document_ref']}.xml",
            sha256=hashlib.sha256(request["document_ref"].encode()).hexdigest(),
            schema_slug=slot["schema_slug"],
            fields=slot["payload"]["fields"],
            line_items=slot["payload"]["line_items"],
            issues=[{"code": code, "message": code} for code in issues],
        )

    @activity.defn(name="document_ingest.commit_document")
    async def commit(request: dict[str, Any]) -> Any:
        context, reading = request["context"], request["reading"]
        return models.IngestedDocument(
            status="committed",
            source=context["source"],
            schema_slug=reading["schema_slug"],
            document_ref=request["document_ref"],
            record_id=str(uuid5(NAMESPACE_URL, request["document_ref"])),
            filename=reading["filename"],
            sha256=reading["sha256"],
        )

    corrections = [item for item in bundle.activities if item.__name__ == "apply_corrections"]
    return [read, commit, *corrections]


def batch_activities(bundle: LoadedBundle, *, changed: int = 0) -> Activities:
    """The activities of expense-processor over one batch. The first `changed` approvals come too late."""
    models = part(bundle, "models")
    rows = [
        models.ReviewRow(id=uuid5(NAMESPACE_URL, vendor), status="PENDING", vendor=vendor, amount_gross=amount)
        for vendor, amount in (("Lift Maintenance Ltd", "120.00"), ("Rail", "45.50"))
    ]
    late = [changed]

    @activity.defn(name="expense_processor.ingest_expenses")
    async def ingest(_given: dict[str, Any]) -> Any:
        outcome = {"parsed_rows": len(rows), "accepted_rows": len(rows)}
        return models.Ingested(row_ids=[row.id for row in rows], outcome=outcome)

    @activity.defn(name="expense_processor.load_expenses")
    async def load_rows(_given: dict[str, Any]) -> Any:
        return models.ExpenseBatch(rows=rows)

    @activity.defn(name="expense_processor.correct_expenses")
    async def correct(given: dict[str, Any]) -> Any:
        change = {item["field"]: item["new_value"] for item in given["corrections"]}
        return models.ExpenseBatch(rows=[rows[0].model_copy(update=change), *rows[1:]])

    @activity.defn(name="expense_processor.commit_expenses")
    async def commit(_given: dict[str, Any]) -> Any:
        if late[0]:
            late[0] -= 1
            return models.Committed(status="changed")
        return models.Committed(status="committed")

    @activity.defn(name="expense_processor.reject_expenses")
    async def reject(given: dict[str, Any]) -> int:
        return len(given["row_ids"])

    @activity.defn(name="expense_processor.post_expenses")
    async def post(given: dict[str, Any]) -> Any:
        return models.Posted(journal_ids=given["row_ids"], total="165.50")

    return [ingest, load_rows, correct, commit, reject, post]
