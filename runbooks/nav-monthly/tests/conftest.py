"""The runbook under test, loaded once, and months with known truth."""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from ntro import data
from ntro.accounting.property_spv import CommittedDocument
from ntro.ingest import insert_extracted_document, insert_submitted_document
from ntro.runbook.bundle import load_bundle
from ntro.testing import RunResult, Scenario, WorkflowHarness, load_runbook
from ntro.workflow import activity

HERE = Path(__file__).parent
MODULES = ("models", "context", "configuration", "opening", "journals", "review")
MODULES = (*MODULES, "handover", "signing", "outcome", "periods", "ledger", "pack", "activities", "workflow")


def load_month() -> ModuleType:
    spec = importlib.util.spec_from_file_location("navm_month", HERE / "navm_month.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def month() -> ModuleType:
    """Months with known truth."""
    return load_month()


@pytest.fixture(scope="session")
def navm() -> SimpleNamespace:
    """The modules of the runbook by name, and its `bundle`."""
    bundle = load_bundle(HERE.parent, slug="nav-monthly")
    package = bundle.workflow_class.__module__.rpartition(".")[0]
    modules = {name: importlib.import_module(f"{package}.{name}") for name in MODULES}
    return SimpleNamespace(bundle=bundle, **modules)


@pytest.fixture
def db(data_plane: data.DataPlane) -> data.DataPlane:
    """The tenant's database, empty."""
    return data_plane


@pytest.fixture(scope="session")
def committed() -> Any:
    """Makes the committed documents of a month."""

    def of(what: Any, **changes: Any) -> list[Any]:
        slots = what.documents() | changes
        return [CommittedDocument(source=source, **item) for source, item in slots.items()]

    return of


@pytest.fixture
def new_task(db: data.DataPlane, month: ModuleType) -> Any:
    """Enters an open task of the entity in the cell and answers its id."""

    async def enter() -> str:
        task_id = str(uuid4())
        await db.execute(
            "insert into system.entities (id, slug, name) values ($1, $2, 'Small SPV') on conflict do nothing",
            month.ENTITY,
            month.ENTITY_SLUG,
        )
        await db.execute(
            """insert into system.tasks (id, title, status, entity_id, workflow_id, runbook_slug)
               values ($1, 'close', 'IN_PROGRESS', $2, gen_random_uuid(), 'nav-monthly')""",
            task_id,
            month.ENTITY,
        )
        return task_id

    return enter


@pytest.fixture(scope="session")
def close_of(navm: SimpleNamespace, committed: Any) -> Any:
    """Makes the signed close of a month, as the workflow hands it to the ledger."""

    def of(what: Any, **changes: Any) -> Any:
        context = navm.models.NavMonthlyContext.model_validate(what.context(**changes))
        documents = committed(what)
        opening = navm.opening.opening_of(context, documents)
        proposed = navm.journals.propose(context, navm.journals.basis_of(context, opening, documents))
        nav = navm.activities.compute_nav(
            proposed.closing,
            navm.configuration.classification_of(context),
            shares=context.shares,
            currency="GBP",
            rounding="ROUND_HALF_UP",
        )
        return navm.models.CloseInput(
            context=context,
            opening=opening,
            proposed=proposed.model_copy(update={"approved_by": "Ada"}),
            nav=nav,
            previous=None,
            checks=[*navm.opening.opening_checks(context, opening, None), *proposed.checks],
            signed_by="Ruth",
            signed_at="2026-04-05T09:30:00+00:00",
            reason="Agreed",
        )

    return of


def documents_from(what: Any, task_id: str, db: Any, *, issues: list[dict[str, str]] | None = None) -> list[Any]:
    """The child's activities with the month's figures instead of files; storing is the real one."""
    slots = what.documents()

    @activity.defn(name="document_ingest.read_document")
    async def read(request: dict[str, Any]) -> dict[str, Any]:
        slot = slots[request["document_ref"]]
        found = {"filename": f"{request['document_ref']}.xml", "sha256": "ab" * 32, "issues": issues or []}
        payload = slot["payload"]
        return {
            **found,
            "schema_slug": slot["schema_slug"],
            "fields": payload["fields"],
            "line_items": payload["line_items"],
        }

    @activity.defn(name="document_ingest.commit_document")
    async def commit(request: dict[str, Any]) -> dict[str, Any]:
        context, reading = request["context"], request["reading"]
        stored = await insert_submitted_document(
            db,
            entity_slug=context["entity_slug"],
            period=context["period"],
            source=context["source"],
            filename=reading["filename"],
            content_type="text/xml",
            data_bytes=context["source"].encode(),
            task_id=task_id,
        )
        record = await insert_extracted_document(
            db,
            entity_slug=context["entity_slug"],
            period=context["period"],
            source=context["source"],
            document_ref=stored.id,
            schema_slug=reading["schema_slug"],
            payload={"fields": reading["fields"], "line_items": reading["line_items"]},
            corrections=[],
            task_id=task_id,
        )
        kept = {name: reading[name] for name in ("filename", "sha256", "schema_slug")}
        return {"status": "committed", "source": context["source"], "record_id": record.id, **kept}

    return [read, commit]


@pytest.fixture
def close(navm: Any, month: Any, db: Any, new_task: Any) -> Any:
    """Runs one close as a scenario answers it."""
    child, _ = load_runbook(HERE.parents[1] / "document-ingest")

    async def run(
        scenario: Scenario,
        what: Any = None,
        *,
        issues: list[dict[str, str]] | None = None,
        extra: Sequence[Callable[..., Any]] = (),
        **changes: Any,
    ) -> RunResult:
        task_id = await new_task()
        month_of = what or month.Month()
        given = month_of.context(task_id=task_id, **changes)
        for slot in given["documents"]:
            slot["review"] = "when_issues"
        refs = {slot["source"]: {"document_ref": slot["source"]} for slot in given["documents"]}
        answers = Scenario(
            name=scenario.name,
            approve_reviews=scenario.approve_reviews,
            review_overrides=scenario.review_overrides,
            corrections=scenario.corrections,
            extra_signal_payloads=refs,
            actor=scenario.actor,
        )
        activities = [*navm.bundle.activities, *documents_from(month_of, task_id, db, issues=issues), *extra]
        async with WorkflowHarness(
            navm.bundle.workflow_class, child_workflows=[child], extra_activities=activities
        ) as harness:
            return await harness.run(input=given, scenario=answers, timeout_s=60)

    return run
