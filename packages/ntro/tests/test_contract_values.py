"""Enumerations, models and errors as published: the values that travel, and what catches what."""

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from ntro import subledger
from ntro.accounting.models import Account, ChartOfAccounts, TaxCode
from ntro.capabilities import config, gl
from ntro.capabilities.bureaus.companies_house import CompaniesHouseError, CompaniesHouseNotFoundError
from ntro.subledger import persistence
from ntro.subledger.row import STANDARD_COLUMNS
from ntro.subledger.status import TRANSITIONS
from ntro.subledger.types.expenses import ExpenseRow
from ntro.types import wire
from ntro.workflow import (
    NtroWorkflow,
    PreviousTaskHandle,
    UIComponent,
    WorkflowError,
    get_registered,
    list_registered_slugs,
    register_workflow,
    registry,
    runbook,
    ui_step,
)
from ntro.workflow.agents import AgentOutputFile, AgentResult, SessionRef, SessionStatus
from ntro.workflow.exceptions import ApplicationError


def test_the_components_of_the_ui_and_which_of_them_ask_somebody():
    assert {component.value for component in UIComponent if component.is_interactive} == {
        "FILE_UPLOAD",
        "MULTI_FILE_UPLOAD",
        "DATA_TABLE",
        "APPROVAL_FORM",
    }
    quiet = {component.value for component in UIComponent if not component.is_interactive}
    assert quiet == {"LOADING", "SUMMARY", "REPORT_PREVIEW"}


@pytest.mark.parametrize("decorator", [ui_step, runbook.step])
def test_a_step_carries_its_mark_and_keeps_its_name(decorator: Any):
    class Marked(NtroWorkflow):
        @decorator(name="open", title="Open", icon="Book", config={"wide": True})
        async def _step_open(self) -> None:
            """Opens."""

    mark = {"name": "open", "title": "Open", "icon": "Book", "config": {"wide": True}}
    assert Marked._step_open.__ntro_ui_step__ == mark
    assert (Marked._step_open.__name__, Marked._step_open.__doc__) == ("_step_open", "Opens.")
    assert asyncio.iscoroutinefunction(Marked._step_open)


@pytest.mark.parametrize("name", ["", "open:books"])
def test_a_step_needs_a_name_that_fits_into_ids(name: str):
    with pytest.raises(ValueError):
        ui_step(name=name, title="Open")


def test_the_last_class_of_a_slug_counts_and_slugs_keep_their_order(monkeypatch: pytest.MonkeyPatch):
    class First(NtroWorkflow):
        """Replaced by the second."""

    class Second(NtroWorkflow):
        """Replaces the first."""

    monkeypatch.setattr(registry, "_registry", {})
    for slug, cls in (("b", First), ("a", First), ("b", Second)):
        register_workflow(slug, cls)
    assert list_registered_slugs() == ["b", "a"]
    assert registry._registry == {"b": Second, "a": First}
    assert get_registered("c") is None


def test_a_workflow_error_is_an_application_error_with_its_options():
    error = WorkflowError("no rate", type="NoRate", non_retryable=True)
    assert isinstance(error, ApplicationError)
    assert (error.message, error.type, error.non_retryable) == ("no rate", "NoRate", True)


def test_of_an_earlier_output_the_fields_that_are_there_are_taken():
    handle = PreviousTaskHandle(task_id="t", period="2026-02", output={"nav": "1.00", "fee": None})
    assert handle.extract(["nav", "fee", "rent"]) == {"nav": "1.00", "fee": None}


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (wire.DisplayHint, {"component": "SUMMARY"}),
        (wire.PendingAction, {"kind": "submit_files"}),
        (wire.PendingAction, {"kind": "drill_down", "children": [{"task_id": "t"}]}),
        (wire.StepEvent, {"kind": "plan_declared", "steps": [{"id": "a", "title": "A", "status": "pending"}]}),
    ],
)
def test_what_newer_senders_add_is_kept(model: type[BaseModel], fields: dict[str, Any]):
    kept = model.model_validate(fields | {"added": 1})
    assert kept.model_dump()["added"] == 1


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (wire.DisplayHint, {"config": {}}),
        (wire.PendingAction, {"kind": "approve"}),
        (wire.PendingAction, {}),
        (wire.StepEvent, {"kind": "reasoning"}),
        (wire.StepDescriptor, {"id": "a", "title": "A", "status": "running"}),
    ],
)
def test_what_has_no_published_kind_is_refused(model: type[BaseModel], fields: dict[str, Any]):
    with pytest.raises(ValidationError):
        model.model_validate(fields)


def test_a_row_begins_with_the_standard_block_and_moves_as_published():
    words = "id entity_id period task_id status source_ref validation_errors raw_payload created_at updated_at"
    assert list(STANDARD_COLUMNS) == words.split()
    statement = persistence.build_insert_sql("ledgers.expenses", ExpenseRow)
    assert statement == persistence.build_insert_sql("ledgers.expenses", persistence.columns_of(ExpenseRow))
    assert {source.value: {target.value for target in targets} for source, targets in TRANSITIONS.items()} == {
        "NEEDS_ATTENTION": {"PENDING", "REJECTED"},
        "PENDING": {"APPROVED", "REJECTED", "EXCLUDED"},
        "APPROVED": {"POSTED", "REJECTED"},
        "REJECTED": set(),
        "EXCLUDED": set(),
        "POSTED": set(),
    }


def test_the_chart_of_accounts_answers_by_code():
    chart = ChartOfAccounts.from_rows([{"code": "1000", "name": "Bank", "type": "Asset"}], entity_slug="spv")
    assert chart.by_code("1000") == Account(code="1000", name="Bank", type="Asset", is_active=True)
    assert (chart.entity_slug, chart.has("1000"), chart.has("10")) == ("spv", True, False)
    assert {code.value for code in TaxCode} == {"VAT_20_INCLUSIVE", "VAT_20_EXCLUSIVE", "VAT_REVERSE", "NO_VAT"}


@pytest.mark.parametrize(
    ("error", "caught_as"),
    [
        (subledger.TypeNotRegisteredError, KeyError),
        (subledger.TypeAlreadyRegisteredError, RuntimeError),
        (subledger.IllegalTransitionError, ValueError),
        (CompaniesHouseError, RuntimeError),
        (CompaniesHouseNotFoundError, CompaniesHouseError),
        (gl.ProviderNotRegisteredError, KeyError),
        (gl.TransientProviderError, gl.ProviderError),
        (gl.ConnectionError_, gl.ProviderError),
        (gl.ValidationFailedError, gl.ProviderError),
        (gl.IdempotencyConflictError, gl.ProviderError),
        (asyncio.TimeoutError, TimeoutError),
    ],
)
def test_an_error_is_caught_as_published(error: type[Exception], caught_as: type[Exception]):
    assert issubclass(error, caught_as)


def test_only_an_outage_of_a_ledger_is_worth_another_try():
    failed = gl.ProviderError("no", provider="apideck", resource="bills", operation="create", upstream="400")
    said = (failed.message, failed.provider, failed.resource, failed.operation, failed.upstream)
    assert said == ("no", "apideck", "bills", "create", "400")
    errors = (gl.ProviderError, gl.ConnectionError_, gl.ValidationFailedError, gl.IdempotencyConflictError)
    assert [kind.retryable for kind in (*errors, gl.TransientProviderError)] == [False] * 4 + [True]


def test_a_result_of_an_agent_has_the_published_fields():
    file = AgentOutputFile(document_ref="d", filename="a.docx", content_type="text/plain", size_bytes=1, source="s")
    result = AgentResult(agent_id="a", session_id="s", status="completed", output_files=[file])
    assert set(result.model_dump()) == {
        *("agent_id", "session_id", "status", "output_text", "output_files", "error", "raw"),
    }
    with pytest.raises(ValidationError):
        AgentResult.model_validate({"agent_id": "a", "session_id": "s", "status": "running"})


@pytest.mark.parametrize(("state", "ended"), [("running", False), ("completed", True), ("terminated", True)])
def test_a_session_is_terminal_in_four_states(state: str, *, ended: bool):
    assert SessionStatus(state=state).is_terminal is ended
    assert SessionRef(session_id="s", agent_kind="claude_managed").extra == {}


def test_a_session_is_configured_at_either_place():
    places = ["/mnt/session/uploads/config.json", "/mnt/session/config.json"]
    assert [str(place) for place in config.SESSION_MOUNTS] == places


def test_a_worker_that_is_told_nothing_has_the_published_settings():
    found = config.load({}, ()).model_dump()
    published = {
        "temporal_host": "localhost:7233",
        "temporal_namespace": "default",
        "workspace_api_url": "http://localhost:3000/v1",
        "artifacts_dir": "./artifacts",
        "tenant_ui_base": "http://localhost:8080",
        "tenant_api_url": "http://localhost:4000/v1",
        "email_smtp_port": 587,
        "tenant_config": {},
    }
    empty = "tenant_id tenant_slug entity_id task_queue ops_task_queue databricks_host apideck_app_id email_smtp_host"
    assert {name: found[name] for name in published} == published
    assert {str(found[name]) for name in (*empty.split(), "email_smtp_user", "email_from_address")} == {""}


def test_a_run_has_the_published_state_though_its_class_forgot_to_set_it_up():
    class Forgetful(NtroWorkflow):
        def __init__(self) -> None:
            """Does not call the base class."""

    run = Forgetful()
    nothing = "_current_step_id _received_user_action _pending_payload _pending_action _user_feedback _ai_config"
    assert [getattr(run, name) for name in nothing.split()] == [None] * 6
    assert (run._steps_completed, run._pending_row_actions, run._gate_token) == ([], [], 0)
    assert (run._children_by_step_id, run._step_snapshots) == ({}, {})
