"""Every published name is where it was published, and takes the arguments that its callers write."""

import inspect
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest

NAMES = {
    "ntro": "Client",
    "ntro.workflow": "NtroWorkflow ui_step UIComponent runbook activity WorkflowError set_runtime get_runtime "
    "run_local PreviousTaskHandle find_committed_document register_workflow get_registered list_registered_slugs "
    "IngestOutcome IngestProgressSnapshot IngestIssueSummary registry steps task agents runtime exceptions decorators "
    "UserAction previous history",
    "ntro.workflow.exceptions": "WorkflowError ApplicationError ActivityError",
    "ntro.workflow.runtime": "Runtime TemporalRuntime LocalRuntime get_runtime set_runtime",
    "ntro.workflow.registry": "register_workflow get_registered list_registered_slugs _registry",
    "ntro.workflow.task": "PreviousTaskHandle previous find_committed_document load_previous_task_activity "
    "find_committed_document_activity",
    "ntro.workflow.steps": "Step StepContext plan transition DisplayHint PendingAction StepEvent",
    "ntro.workflow.agents": "AgentResult ManagedAgentProvider invoke",
    "ntro.types": "CurrencyCode ForgivingDate Period",
    "ntro.types.wire": "DisplayHint StepDescriptor PendingAction StepEvent PendingActionKind StepEventKind",
    "ntro.events": "ObservableResult ObserverEmitter register_emitter get_emitter",
    "ntro.data": "DataPlane get_data_plane clear_cache",
    "ntro.ingest": "SubmittedDocument ExtractedDocument SubmittedRecord IngestOutcome IngestIssueSummary "
    "IngestProgressSnapshot fetch_submitted_document_by_id fetch_latest_submitted_document insert_submitted_document "
    "list_submitted_documents insert_extracted_document insert_submitted_record",
    "ntro.subledger": "Row SubledgerStatus SubledgerHandle IllegalTransitionError TypeAlreadyRegisteredError "
    "TypeNotRegisteredError register_type transition open review proposals persistence row status registry types",
    "ntro.subledger.persistence": "insert_row insert_row_dict update_status mark_posted fetch_rows build_insert_sql",
    "ntro.subledger.row": "Row STANDARD_COLUMNS",
    "ntro.subledger.review": "columns_for data_table_config DEFAULT_ACTIONS",
    "ntro.subledger.proposals": "JournalProposal BillProposal InvoiceProposal ExpenseProposal SupplierProposal "
    "CustomerProposal GLProposal make_idempotency_key",
    "ntro.subledger.types.expenses": "ExpenseRow canonicalize_tabular_expense_row canonicalize_tabular_expense_rows",
    "ntro.subledger.types.expenses_mutations": "EditableExpenseField MutationResult can_reject coerce_edit_value "
    "validate_cross_field_amounts",
    "ntro.subledger.types.journal_proposals": "JournalProposalRow",
    "ntro.accounting": "models proposal validation",
    "ntro.accounting.models": "Period Account ChartOfAccounts TrialBalance TBLine TaxCode JournalLine "
    "JournalLineCorrection JournalEntry JournalProposal",
    "ntro.accounting.validation": "ValidationResult ValidationError validate_required_accounts "
    "validate_journal_balance validate_post_journal_tb_balanced validate_period_match",
    "ntro.accounting.proposal": "propose_allocation_journal",
    "ntro.capabilities": "ai bureaus checks config email excel files notify storage gl trace pdf extraction",
    "ntro.capabilities.config": "WorkerConfig get set reset",
    "ntro.capabilities.ai": "ExtractionResult extract use_config AIConfig AIModels",
    "ntro.capabilities.trace": "TraceSink current_trace_sink resolve_trace_sink HttpReasoningTraceSink "
    "http_reasoning_sink_for_task",
    "ntro.capabilities.checks": "CheckStatus QualityCheckSpec QualityCheckItem QualityChecksResult worst_of "
    "run_quality_check",
    "ntro.capabilities.files": "CellGrid Format parse",
    "ntro.capabilities.bureaus.companies_house": "lookup CompaniesHouseProfile CompaniesHouseError "
    "CompaniesHouseNotFoundError",
    "ntro.capabilities.gl": "GLProvider ResourceClient ReadOnlyResourceClient TrialBalanceClient CreateResult "
    "TrialBalanceReport TBLine for_entity register_provider registered_providers ProviderNotRegisteredError "
    "ProviderError TransientProviderError ConnectionError_ ValidationFailedError IdempotencyConflictError",
    "ntro.capabilities.gl.models": "Bill BillLineItem Customer Expense ExpenseLineItem Invoice InvoiceLineItem "
    "JournalEntry JournalEntryLineItem LedgerAccount Supplier",
    "ntro.capabilities.gl.reports": "TBLine TrialBalanceReport",
    "ntro.runbook": "ValidationIssue ValidationReport validate_runbook",
    "ntro.testing": "BUILT_IN_SCENARIOS HAPPY REJECT_ALL RunResult Scenario StepEvent WorkflowHarness load_runbook "
    "load_runbook_with_children report",
    "ntro.testing.auto_mock": "generate_fake MockUnavailable",
    "ntro.auth": "AuthConfig read_config",
}
CHECKS = "checks_spec= checks_baseline= checks_submitted="
CALLS = {
    "ntro.workflow:NtroWorkflow.wait_for_action": f"self payload= display_hint= reason= {CHECKS}",
    "ntro.workflow:NtroWorkflow.await_signal_with_action": f"self predicate= action= timeout= display_hint= {CHECKS}",
    "ntro.workflow:NtroWorkflow.wait_for_signal_predicate": "self predicate",
    "ntro.workflow:NtroWorkflow.run_step": "self step_id fn one two key=",
    "ntro.workflow:NtroWorkflow.run_child_workflow": "self slug= input= step_id=",
    "ntro.workflow:NtroWorkflow.run_child_workflows": "self slug= inputs= step_id=",
    "ntro.workflow:NtroWorkflow.collect_documents": "self expected= inputs= runbook_slug= step_id= title= "
    "instructions= actions=",
    "ntro.workflow:NtroWorkflow.set_user_feedback": "self kind= payload= level=",
    "ntro.workflow:NtroWorkflow.on_row_action": "self action",
    "ntro.workflow:NtroWorkflow.use_ai_config": "self value",
    "ntro.workflow:NtroWorkflow.load_previous_task": "self workflow_slug= entity_id= before_period=",
    "ntro.workflow:NtroWorkflow.find_committed_document": "self workflow_slug= entity_id= source= before_period=",
    "ntro.workflow:NtroWorkflow._capture_step_snapshot": "self display_hint= payload= decision=",
    "ntro.workflow:ui_step": "name= title= icon= config=",
    "ntro.workflow:run_local": "cls arg workflow_id= task_queue=",
    "ntro.workflow:WorkflowError": "message type= non_retryable= next_retry_delay=",
    "ntro.workflow.task:previous": "workflow_slug= entity_id= before_period=",
    "ntro.workflow.agents:invoke": "agent_id input= tenant_slug= entity_slug= task_id= poll_interval_seconds= "
    "max_poll_seconds=",
    "ntro.workflow.steps:StepContext.request_file": "self source= schema= component= instructions= accept= "
    "max_size_mb=",
    "ntro.workflow.steps:StepContext.request_approval": "self payload= component= title= approve_label= reject_label=",
    "ntro.ingest:fetch_submitted_document_by_id": "db document_ref=",
    "ntro.ingest:fetch_latest_submitted_document": "db entity_slug= source= period= task_id=",
    "ntro.ingest:insert_submitted_document": "db entity_slug= period= source= filename= content_type= data_bytes= "
    "task_id=",
    "ntro.ingest:list_submitted_documents": "db entity_slug= period= source_prefix= task_id= limit=",
    "ntro.ingest:insert_extracted_document": "db entity_slug= period= source= document_ref= schema_slug= payload= "
    "corrections= task_id=",
    "ntro.ingest:insert_submitted_record": "db id= entity_slug= task_id= kind= source_ref= data=",
    "ntro.ingest:IngestOutcome.from_counts": "parsed_rows= accepted_rows= message= source_ref= reasons= target_rows=",
    "ntro.subledger:open": "name= entity_id= task_id= tenant_slug= db=",
    "ntro.subledger:SubledgerHandle.insert_needs_attention": "self period= raw_payload= validation_errors= "
    "source_ref= type_specific_fields=",
    "ntro.subledger:SubledgerHandle.query": "self period= status=",
    "ntro.subledger:SubledgerHandle.mark_approved": "self ids=",
    "ntro.subledger:SubledgerHandle.mark_rejected": "self ids=",
    "ntro.subledger:SubledgerHandle.mark_posted": "self gl_external_ids=",
    "ntro.subledger.persistence:insert_row": "db table row",
    "ntro.subledger.persistence:insert_row_dict": "db table row_class row_dict",
    "ntro.subledger.persistence:update_status": "db table ids= new_status= entity_id= from_statuses=",
    "ntro.subledger.persistence:fetch_rows": "db table row_class entity_id= task_id= period= status=",
    "ntro.subledger.review:columns_for": "row_class include_standard= include= exclude= currency_key=",
    "ntro.subledger.review:data_table_config": "row_class title= columns= actions= editable_overrides= "
    "include_standard=",
    "ntro.accounting.proposal:propose_allocation_journal": "tb= ingested= rental_statement_rows= gl_map= period= "
    "entity_slug= mortgage_agreement= validate=",
    "ntro.accounting.models:TrialBalance.from_extracted_payload": "payload period entity_slug= kind=",
    "ntro.capabilities.ai:extract": "content= schema_slug= structured_context= instructions= field_enums= trace=",
    "ntro.capabilities.checks:run_quality_check": "spec submitted baseline ai_config",
    "ntro.capabilities.files:parse": "content= format=",
    "ntro.capabilities.excel:generate": "data= template= output_path= sheet_name= title=",
    "ntro.capabilities.email:send": "to= subject= body= upload_link= cc= html=",
    "ntro.capabilities.notify:send": "type= step= data= task_id= tenant_id= entity_id=",
    "ntro.capabilities.storage:write_table": "table_name data= period= mode=",
    "ntro.capabilities.storage:read_table": "table_name period=",
    "ntro.capabilities.storage:write_file": "file_path content=",
    "ntro.capabilities.storage:read_file": "file_path",
    "ntro.capabilities.storage:write": "path= content= content_type=",
    "ntro.capabilities.storage:read": "path=",
    "ntro.capabilities.storage:list_files": "prefix",
    "ntro.capabilities.trace:HttpReasoningTraceSink": "task_id= activity_name= source_label= base_url= internal_key=",
    "ntro.capabilities.trace:http_reasoning_sink_for_task": "task_id activity_name source_label",
    "ntro.capabilities.bureaus.companies_house:lookup": "number",
    "ntro.capabilities.gl:for_entity": "entity_id tenant_config=",
    "ntro.capabilities.gl:register_provider": "name factory",
    "ntro.testing:WorkflowHarness": "workflow_cls child_workflows= extra_activities=",
    "ntro.testing:WorkflowHarness.run": "self input= scenario= timeout_s=",
    "ntro.testing:Scenario": "name= approve_reviews= review_overrides= corrections= extra_signal_payloads=",
    "ntro.testing:load_runbook": "dir workflow_class= activity_modules=",
    "ntro.testing:load_runbook_with_children": "dir children_dirs= workflow_class=",
}


def found(module: str, name: str) -> Any:
    """What `from module import name` gives."""
    try:
        return getattr(import_module(module), name)
    except AttributeError:
        return import_module(f"{module}.{name}")


@pytest.mark.parametrize("module", NAMES)
def test_every_published_name_is_imported_from_where_it_was(module: str):
    for name in NAMES[module].split():
        assert found(module, name) is not None


@pytest.mark.parametrize("call", CALLS)
def test_every_published_call_is_accepted(call: str):
    module, _, path = call.partition(":")
    function: Any = import_module(module)
    for name in path.split("."):
        function = getattr(function, name)
    given = CALLS[call].split()
    positional = [word for word in given if not word.endswith("=")]
    inspect.signature(function).bind(*positional, **{word[:-1]: word for word in given if word.endswith("=")})


@pytest.mark.parametrize("module", ["ntro.subledger", "ntro.accounting", "ntro.ingest", "ntro.data", "ntro.runbook"])
def test_what_runbooks_import_loads_neither_engine_driver_nor_ledger(module: str):
    heavy = ("apideck_unify", "asyncpg", "temporalio", "anthropic", "openai")
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


ENGINE, FACADE = "from temporalio import workflow", "from ntro.workflow import NtroWorkflow, runbook"
ORDERS = {
    "engine-first": (ENGINE, FACADE),
    "facade-first": (FACADE, ENGINE),
    "errors-first": ("from ntro.workflow.exceptions import WorkflowError", FACADE, ENGINE),
    "harness-first": ("from ntro.testing import WorkflowHarness", ENGINE, FACADE),
}
CLASSES = """
class Engine(NtroWorkflow):
    @workflow.run
    async def run(self): ...

class Facade(NtroWorkflow):
    @runbook.run
    async def run(self): ...

found = []
for cls in (workflow.defn(Engine), runbook.defn(Facade)):
    definition = cls.__temporal_workflow_definition
    found.append((len(definition.queries), "user_action" in definition.signals))
print(found)
"""


@pytest.mark.parametrize(
    ("order", "host"),
    [("engine-first", "x:7233"), ("facade-first", "x:7233"), ("errors-first", None), ("harness-first", None)],
)
def test_a_class_is_the_same_whatever_was_imported_first_and_whatever_the_environment_says(
    order: str, host: str | None
):
    code = "\n".join((*ORDERS[order], CLASSES))
    environment = {} if host is None else {"TEMPORAL_HOST": host}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[(5, True), (5, True)]"
