"""The samples of the published pages run as they are printed; only what a page leaves out is filled in."""

import importlib.metadata
import textwrap
from pathlib import Path
from typing import Any

import pytest

from ntro.testing import RunResult, Scenario, WorkflowHarness, load_runbook
from ntro.testing.scenarios import HAPPY, REJECT_ALL
from ntro.workflow._definitions import workflow_definition
from ntro.workflow.agents import AgentResult

CLASS = """
from temporalio import workflow
from ntro.workflow import NtroWorkflow, ui_step

@workflow.defn
class MyWorkflow(NtroWorkflow):
    @workflow.run
    async def run(self, ctx): ...
"""

STEP = """
@ui_step(name="period_open", title="Open period", icon="Calendar")
async def _step_period_open(self, ctx): ...
"""

GATE = """
response = await self.wait_for_action(
    payload=extracted,
    display_hint={
        "type": "review_extraction",
        "schema_slug": ctx.schema_slug,
    },
    reason="Awaiting accountant approval of extraction",
)
match response.action:
    case "approved": ...
    case "rejected": ...
    case "corrected": ...
"""

SIGNAL_GATE = """
await self.await_signal_with_action(
    predicate=lambda: self._submission_received,
    action="awaiting_document_submission",
    display_hint={"source": ctx.source, "filename_pattern": ctx.expected_pattern},
)
"""

CHILD = """
result = await self.run_child_workflow(
    slug="document-ingest",
    input=DocumentIngestContext(
        period=ctx.period,
        entity_slug=ctx.entity_slug,
        source=expected.source,
        schema=expected.schema,
    ),
    step_id="ingest_documents",
)
"""

# The page leaves out the further parameters and the summary: `self, ctx, ...` and `{...}`.
AGENT_IMPORT = "from ntro.workflow.agents import invoke"
AGENT_STEP = """
@ui_step(name="draft_auditor_handover", title="Draft auditor handover", icon="FileText")
async def _step_draft_auditor_handover(self, ctx):
    if not ctx.audit_agent_id:
        return None  # Skip when the entity hasn't opted into an agent

    period_summary = {"nav": "100.00"}  # Compose from upstream step outputs

    result = await invoke(
        ctx.audit_agent_id,
        input={"period_summary": period_summary},
        tenant_slug=ctx.tenant_slug,
        entity_slug=ctx.entity_slug,
        task_id=ctx.task_id,
    )
    return result
"""

MODELS = """
from pydantic import BaseModel, Field


class Context(BaseModel):
    period: str = "2026-03"
    tenant_slug: str = "byng"
    entity_slug: str = "acme-commercial-spv1"
    task_id: str = "1"
    schema_slug: str = "invoice"
    source: str = "invoice"
    expected_pattern: str = "*.pdf"
    audit_agent_id: str | None = None


class Expected(BaseModel):
    source: str = "invoice"
    schema_: str = Field(default="invoice", alias="schema")

    @property
    def schema(self) -> str:
        return self.schema_


class DocumentIngestContext(BaseModel):
    period: str
    entity_slug: str
    source: str
    schema_: str = Field(alias="schema")
"""

HEAD = """
from temporalio import workflow
from ntro.workflow import NtroWorkflow, ui_step

from .models import Context, DocumentIngestContext, Expected
"""

DOCUMENT_INGEST = """
from temporalio import workflow
from ntro.workflow import NtroWorkflow

from .models import DocumentIngestContext


@workflow.defn
class DocumentIngestWorkflow(NtroWorkflow):
    @workflow.run
    async def run(self, ctx: DocumentIngestContext) -> str:
        return f"{ctx.source} of {ctx.entity_slug} for {ctx.period} as {ctx.schema_}"
"""


def runbook(body: str, *, imports: str = "") -> str:
    """A runbook whose `run` is `body`."""
    return f"{HEAD}{imports}\n\n@workflow.defn\nclass MyWorkflow(NtroWorkflow):\n{textwrap.indent(body, '    ')}"


def run_of(sample: str, *, before: str = "", result: str) -> str:
    """A `run` with `sample` in it."""
    body = textwrap.indent(f"{before}{sample}return {result}\n", "    ")
    return f"@workflow.run\nasync def run(self, ctx: Context):\n{body}"


def load(folder: Path, slug: str, source: str) -> type:
    templates = folder / slug / "templates"
    templates.mkdir(parents=True)
    for name, text in {"__init__": "", "models": MODELS, "activities": "", "workflow": source}.items():
        (templates / f"{name}.py").write_text(text, "utf-8")
    return load_runbook(folder / slug)[0]


async def run(
    folder: Path, source: str, *, given: Any = None, children: list[type] | None = None, scenario: Scenario = HAPPY
) -> RunResult:
    async with WorkflowHarness(load(folder, "my", source), child_workflows=children) as harness:
        return await harness.run(input=given or {}, scenario=scenario)


async def test_a_class_of_the_engine_is_a_runbook_with_every_query_and_the_signal(tmp_path: Path):
    result = await run(tmp_path, CLASS)
    assert (result.status, result.result) == ("completed", None)
    definition = workflow_definition(load(tmp_path / "again", "my", CLASS))
    assert {"current_pending_action", "current_steps", "current_ui_state"} <= set(definition.queries)
    assert "user_action" in definition.signals


async def test_a_step_is_shown_under_its_name_title_and_icon(tmp_path: Path):
    source = runbook(STEP + run_of("await self._step_period_open(ctx)\n", result="self.current_steps()"))
    result = await run(tmp_path, source)
    assert result.result == [{"id": "period_open", "title": "Open period", "status": "completed", "icon": "Calendar"}]


@pytest.mark.parametrize(("scenario", "action"), [(HAPPY, "approved"), (REJECT_ALL, "rejected")])
async def test_a_gate_returns_what_a_person_did(tmp_path: Path, scenario: Scenario, action: str):
    source = runbook(run_of(GATE, before='extracted = {"total": "10.00"}\n', result="response.action"))
    result = await run(tmp_path, source, scenario=scenario)
    assert result.result == action
    [gate] = [record.data for record in result.records[result.workflow_id] if record.type == "gate.opened"]
    assert gate["display_hint"]["config"] == {"type": "review_extraction", "schema_slug": "invoice"}
    assert gate["reason"] == "Awaiting accountant approval of extraction"


async def test_a_run_waits_for_a_signal_and_says_what_it_waits_for(tmp_path: Path):
    signal = """
_submission_received = False

@workflow.signal
def document_submitted(self, payload: dict) -> None:
    self._submission_received = True

"""
    result = await run(tmp_path, runbook(signal + run_of(SIGNAL_GATE, result='"received"')))
    assert result.result == "received"
    [gate] = [record.data for record in result.records[result.workflow_id] if record.type == "gate.opened"]
    assert gate["display_hint"]["config"] == {"source": "invoice", "filename_pattern": "*.pdf"}


async def test_a_child_runbook_is_dispatched_by_its_slug(tmp_path: Path):
    child = load(tmp_path, "document-ingest", DOCUMENT_INGEST)
    source = runbook(run_of(CHILD, before="expected = Expected()\n", result="result"))
    result = await run(tmp_path, source, children=[child])
    assert result.result == "invoice of acme-commercial-spv1 for 2026-03 as invoice"
    assert f"{result.workflow_id}:ingest_documents:document-ingest" in result.records


async def test_children_dispatched_in_a_loop_each_run(tmp_path: Path):
    child = load(tmp_path, "document-ingest", DOCUMENT_INGEST)
    each = textwrap.indent(f"{CHILD}results += [result]\n", "    ")
    loop = f"results = []\nfor expected in (Expected(), Expected()):{each}"
    result = await run(tmp_path, runbook(run_of(loop, result="results")), children=[child])
    assert result.error is None
    assert len(result.result) == 2
    first = f"{result.workflow_id}:ingest_documents:document-ingest"
    assert set(result.records) == {result.workflow_id, first, f"{first}:2"}


async def test_an_agent_step_is_skipped_without_an_agent_and_returns_its_result_with_one(tmp_path: Path):
    body = AGENT_STEP + run_of("handover = await self._step_draft_auditor_handover(ctx)\n", result="handover")
    source = runbook(body, imports=AGENT_IMPORT)
    skipped = await run(tmp_path / "without", source)
    assert (skipped.status, skipped.result) == ("completed", None)
    asked = await run(tmp_path / "with", source, given={"audit_agent_id": "4f1c"})
    assert asked.error is None
    assert AgentResult.model_validate(asked.result).status == "completed"


def test_the_workflow_extra_brings_the_engine():
    brought = importlib.metadata.requires("ntro") or []
    assert "workflow" in (importlib.metadata.metadata("ntro").get_all("Provides-Extra") or [])
    assert any(line.startswith("temporalio") and 'extra == "workflow"' in line.replace("'", '"') for line in brought)
