"""What is promised, where it is said, and which tests show it.

`source` names the page that says it: `system` for the design this repository is built to, `http contract` and
`sdk contract` for what the published clients expect, else a page of the product's guide. `tests` are patterns of test
files, or `file::test`. What no test shows yet is deferred, with the reason.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """One promise. It has tests, or a reason why it has none yet."""

    id: str
    source: str
    text: str
    tests: tuple[str, ...] = ()
    deferred: str | None = None


CLI = "packages/ntro-cli/tests"
CELL = "packages/ntro-tenant/tests"
SDK = "packages/ntro/tests"
WORKSPACE = "packages/ntro-workspace/tests"
WHOLE = "tests/acceptance"

REQUIREMENTS = (
    # Repository
    Requirement(
        "REPO-1",
        "system: layout and import rules",
        "One version; ours pin each other to versions the public index lacks; the lock holds names, versions, hashes.",
        ("tests/architecture/test_distributions.py",),
    ),
    Requirement(
        "REPO-2",
        "system: layout and import rules",
        "Import rules, sizes of files, exact money, settings in one place, reasons beside suppressions.",
        ("tests/architecture/test_source_rules.py", f"{SDK}/test_workflow_imports.py"),
    ),
    Requirement(
        "REPO-3",
        "system: how we write code",
        "Each promise has tests and each test file belongs to a promise.",
        (f"{WHOLE}/test_acceptance_requirements.py",),
    ),
    Requirement(
        "REPO-4",
        "system: what a user meets first",
        "On a fresh clone with Python, pip and make only, the demo closes the month and the tests pass.",
        deferred="A fresh clone is made by the pipeline, not inside a test; the demo itself is shown by DEMO-1.",
    ),
    # Embedded stack
    Requirement(
        "STACK-1",
        "system: the embedded stack",
        "One command starts PostgreSQL, Temporal, Workspace and a cell for each tenant, and prints where they are.",
        (f"{CLI}/test_stack_whole.py", f"{CLI}/test_stack_postgres.py", f"{CLI}/test_stack_temporal.py"),
    ),
    Requirement(
        "STACK-2",
        "system: the embedded stack",
        "Safe to run twice; a kill of any process or of all of them is healed and loses nothing.",
        (
            f"{CLI}/test_stack_whole.py::test_a_second_up_leaves_everything_as_it_is",
            f"{CLI}/test_stack_whole.py::test_after_the_kill_of_any_one_process_up_heals",
            f"{CLI}/test_stack_whole.py::test_after_the_kill_of_all_processes_up_heals_and_nothing_is_lost",
            f"{CLI}/test_stack_service.py",
            f"{CLI}/test_stack_identity.py",
        ),
    ),
    Requirement(
        "STACK-3",
        "system: the embedded stack",
        "A taken port, a full disk, broken state or a missing program is named with its remedy.",
        (f"{CLI}/test_stack_commands.py", f"{CLI}/test_stack_state.py"),
    ),
    Requirement(
        "STACK-4",
        "system: the embedded stack",
        "Everything listens on loopback; no secret is in a command line, an environment or a log.",
        (
            f"{CLI}/test_stack_whole.py::test_all_listens_on_loopback_only",
            f"{CLI}/test_stack_whole.py::test_no_secret_is_in_a_command_line_an_environment_or_a_log",
        ),
    ),
    Requirement(
        "STACK-5",
        "system: the embedded stack",
        "A fresh install is healthy in under 90 seconds, a later start in under 8.",
        deferred="Times are measured by the benchmarks; tests assert no wall-clock time.",
    ),
    Requirement(
        "STACK-6",
        "system: the embedded stack",
        "A kill at any moment of a close, then `ntro up`: the same NAV, nothing done twice, no document lost.",
        ("tests/faults/test_faults_kills.py",),
    ),
    # Workspace
    Requirement(
        "WS-1",
        "http contract 1-2, 12",
        "Identity, tenants, entities, runbooks, workflows, tasks and schedules, as the published clients expect.",
        (f"{WORKSPACE}/test_workspace_registry.py", f"{WORKSPACE}/test_workspace_tasks.py"),
    ),
    Requirement(
        "WS-2",
        "http contract 2: runbooks",
        "Bundles are checked, kept by hash and deployed to a cell; templates are listed.",
        (f"{WORKSPACE}/test_workspace_runbooks.py",),
    ),
    Requirement(
        "WS-3",
        "system: commands ride on Temporal",
        "Commands and schedules reach the cell, also across an outage of either side.",
        (f"{WORKSPACE}/test_workspace_commands.py",),
    ),
    Requirement(
        "WS-4",
        "http contract 1",
        "Keys are hashed, scoped and revocable; a repeated request is done once.",
        (f"{WORKSPACE}/test_workspace_keys.py", f"{WORKSPACE}/test_workspace_idempotency.py"),
    ),
    Requirement(
        "WS-5",
        "system: the boundary",
        "For clients that know Workspace alone, calls with a payload pass through unread, unless the tenant says no.",
        (f"{WORKSPACE}/test_workspace_relay.py",),
    ),
    Requirement(
        "WS-6",
        "system: the boundary",
        "No figure, name of a file, comment or field of a tenant is in anything that Workspace keeps or logs.",
        ("tests/security/test_boundary.py", f"{WORKSPACE}/test_workspace_boundary.py"),
    ),
    Requirement(
        "WS-7",
        "system: namespace and secrets per tenant",
        "A tenant's role, key, token, payloads and secrets open nothing of another tenant.",
        ("tests/security/test_isolation.py", f"{WHOLE}/test_acceptance_isolation.py"),
    ),
    Requirement(
        "WS-8",
        "system: servers",
        "Both servers answer errors in one envelope, bound bodies, migrate once and keep secrets out of their logs.",
        ("packages/ntro-server/tests/test_server_*.py",),
    ),
    # Cell
    Requirement(
        "CELL-1",
        "http contract 8; architecture: the cell's API",
        "Entities, tasks, screens, next steps, snapshots and the API document of a cell.",
        (
            f"{CELL}/cell_api/test_cell_api_tasks.py",
            f"{CELL}/cell_api/test_cell_api_entities.py",
            f"{CELL}/cell_api/test_cell_api_openapi.py",
            f"{CELL}/cell_api/test_cell_api_rules.py",
        ),
    ),
    Requirement(
        "CELL-2",
        "architecture: the cell's API",
        "Tokens and sessions open a cell, with what their roles allow; sign-in links work once.",
        (f"{CELL}/cell_api/test_cell_api_access.py",),
    ),
    Requirement(
        "CELL-3",
        "system: a decision belongs to a gate and to what was seen",
        "A decision is for one gate and the payload that was shown, applied once; no decision answers a later gate.",
        (
            f"{CELL}/cell_api/test_cell_api_decisions.py",
            f"{CELL}/cell_api/test_cell_api_attention.py",
            f"{WHOLE}/test_acceptance_decisions.py",
        ),
    ),
    Requirement(
        "CELL-4",
        "sdk contract 14.3-14.4",
        "Documents and row actions change the database first, then reach the run that waits, once.",
        (
            f"{CELL}/cell_api/test_cell_api_files.py",
            f"{CELL}/cell_api/test_cell_api_row_actions.py",
            f"{CELL}/cell_api/test_cell_api_waiting_documents.py",
        ),
    ),
    Requirement(
        "CELL-5",
        "system: runs are read from a projection",
        "Steps, gates and events are recorded once in an append-only, hash-chained log and followed live.",
        (
            f"{CELL}/test_cell_engine_recording.py",
            f"{CELL}/cell_api/test_cell_api_events.py",
            f"{CELL}/cell_api/test_cell_api_pushed_steps.py",
        ),
    ),
    Requirement(
        "CELL-6",
        "system: namespace and secrets per tenant",
        "Payloads are encrypted for whoever runs Temporal; large ones are kept by the tenant.",
        (f"{CELL}/test_cell_engine_codec.py",),
    ),
    Requirement(
        "CELL-7",
        "system: a version of a runbook runs in its own environment",
        "Deploying, starting, cancelling and scheduling; a run stays on its version; no worker is left behind.",
        (
            f"{CELL}/test_cell_ops_*.py",
            f"{CELL}/test_cell_worker_whole_path.py",
            f"{CELL}/cell_api/test_cell_api_commands.py",
        ),
    ),
    Requirement(
        "CELL-8",
        "http contract 8",
        "Uploads are streamed, bounded, hashed and stored once; what is no document is refused by name.",
        (f"{WHOLE}/test_acceptance_uploads.py", f"{SDK}/test_documents_uploads.py"),
    ),
    # SDK
    Requirement(
        "SDK-1",
        "sdk-workflow-reference",
        "`NtroWorkflow`: steps, gates, children, queries, the signal, feedback; types and inputs as documented.",
        (f"{SDK}/test_workflow_*.py",),
    ),
    Requirement(
        "SDK-2",
        "sdk contract 9.4",
        "Quality checks run at gates and are shown there.",
        (f"{SDK}/test_checks_*.py",),
    ),
    Requirement(
        "SDK-3",
        "sdk contract 3-4",
        "Boundary types, exact money and observable results.",
        (f"{SDK}/test_types_boundary.py", f"{SDK}/test_money_amounts.py", f"{SDK}/test_events_emission.py"),
    ),
    Requirement(
        "SDK-4",
        "sdk contract 5-7",
        "The tenant's database as runbooks see it: data plane, documents, records, subledgers.",
        (f"{SDK}/test_data_*.py", f"{SDK}/test_ingest_documents.py", f"{SDK}/test_subledger_*.py"),
    ),
    Requirement(
        "SDK-5",
        "sdk contract 8",
        "Trial balances, journals, NAV and the month's rules; every figure exact.",
        (f"{SDK}/test_accounting_*.py",),
    ),
    Requirement(
        "SDK-6",
        "sdk contract 10-11",
        "Runbooks are validated; the harness runs them in memory through their gates.",
        (f"{SDK}/test_testing_*.py", f"{SDK}/test_runbook_validation.py"),
    ),
    Requirement(
        "SDK-7",
        "sdk contract 21",
        "The client: resources, cells, configuration, retries and errors of one tree.",
        (f"{SDK}/test_client_*.py",),
    ),
    Requirement(
        "SDK-8",
        "building-workflows, build-runbooks, sdk-workflow-reference",
        "The code samples of the guide run as they are printed.",
        (f"{SDK}/test_seed_samples.py",),
    ),
    Requirement(
        "SDK-9",
        "system: everything external is recorded",
        "Stored histories of earlier runs replay with the code of today.",
        ("tests/replay/test_replay_*.py",),
    ),
    # Reading and reporting
    Requirement(
        "DOC-1",
        "system: extraction is compiled, too",
        "Statements, e-invoices, trial balances, rent rolls and loan terms are read exactly, without any model.",
        (
            f"{SDK}/test_documents_statements.py",
            f"{SDK}/test_documents_tables.py",
            f"{SDK}/test_documents_records.py",
        ),
    ),
    Requirement(
        "DOC-2",
        "system: extraction is compiled, too",
        "Every real statement and invoice is read as it is true, or refused by code; hostile files crash nothing.",
        (f"{SDK}/test_documents_real_*.py", f"{WHOLE}/real_input/test_acceptance_reading.py"),
    ),
    Requirement(
        "DOC-3",
        "system: extraction is compiled, too",
        "Every real statement and invoice goes through a run and is committed exactly; nothing is silently wrong.",
        (f"{WHOLE}/real_input/test_acceptance_runs.py",),
    ),
    Requirement(
        "DOC-4",
        "system: every writer is deterministic",
        "Workbooks and PDF reports of the same content have the same bytes.",
        (f"{SDK}/test_reports_bytes.py",),
    ),
    # Runbooks and demo
    Requirement(
        "RUN-1",
        "how-it-works",
        "document-ingest: upload, read, review, correct, commit; refusals and rejections are told at the gate.",
        ("runbooks/document-ingest/tests/test_*.py", f"{WHOLE}/test_acceptance_ingest.py"),
    ),
    Requirement(
        "RUN-2",
        "how-it-works",
        "nav-monthly: documents, journals, NAV, two people, the books and the pack; each period signed once.",
        ("runbooks/nav-monthly/tests/test_*.py",),
    ),
    Requirement(
        "RUN-3",
        "build-runbooks",
        "nav-monthly-journals and expense-processor: proposals and expenses, reviewed and posted.",
        ("runbooks/nav-monthly-journals/tests/test_*.py", "runbooks/expense-processor/tests/test_*.py"),
    ),
    Requirement(
        "DEMO-1",
        "system: what a user meets first",
        "The demo's NAV is the known one to the penny; its pack has the same bytes whenever it is computed; a second "
        "demo does nothing twice, and a signed month is not closed again.",
        (f"{WHOLE}/test_acceptance_demo.py",),
    ),
    # Doors for people and scripts
    Requirement(
        "CLI-1",
        "http contract 5",
        "The command line from signing in to a committed document, with documented exit codes and one JSON document.",
        (f"{WHOLE}/test_acceptance_command_line.py", f"{CLI}/test_cli_*.py"),
    ),
    Requirement(
        "BAD-1",
        "http contract 1, 12",
        "Wrong keys 401, unknown things 404, duplicates 409, invalid bodies 422 with one message; never a 5xx.",
        (f"{WHOLE}/test_acceptance_bad_input.py",),
    ),
    Requirement(
        "UI-1",
        "how-it-works",
        "The pages of a tenant: task list, steps, upload, review, decisions, files, live.",
        (
            "tests/browser/test_browser_*.py",
            f"{CELL}/test_cell_ui_*.py",
            f"{CELL}/cell_api/test_cell_ui_pages.py",
        ),
    ),
    Requirement(
        "TIME-1",
        "system: how we write code",
        "The whole suite takes under 15 minutes on two cores.",
        deferred="Measured by the pipeline; tests assert no wall-clock time.",
    ),
    Requirement(
        "AGENT-1",
        "register-agents",
        "Registering externally hosted agents, each with a key of its own.",
        (f"{WORKSPACE}/test_workspace_registry.py::test_an_agent_gets_its_key_once_and_dies_with_it",),
    ),
)
