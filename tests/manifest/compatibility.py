"""Where pages and published SDK disagree, both work; and the checklist of what published runbooks rely on."""

from manifest.requirement import AGENTS, CAPABILITIES, CELL, CELL_API, PUBLISHED, SDK, WHOLE, WORKSPACE, Requirement, of

CONTRACT = f"{SDK}/test_contract_gates.py"
FIELDS = "gates_show_the_fields_of_the_contract_and_leave_snapshots"
SAMPLES = f"{SDK}/test_seed_samples.py"
ACTION = f"{SDK}/test_workflow_user_action.py"
GATES = f"{SDK}/test_workflow_gates.py"
IMPORTS = f"{SDK}/test_workflow_imports.py"
RUNS = f"{SDK}/test_workflow_runs.py"
SURFACE = f"{SDK}/test_contract_surface.py"
MODULES = f"{CAPABILITIES}/test_capability_modules.py"
LIGHT = "what_runbooks_import_loads_neither_engine_driver_nor_ledger"

DISAGREEMENTS = (
    Requirement(
        "DOCS-1",
        "sdk contract 20: UserAction",
        "A decision is a dict that also has `action`, `payload` and `corrections`.",
        of(ACTION, "each_dialect_means_the_same", "a_correction_has_every_key_that_runbooks_read")
        + of(SAMPLES, "a_gate_returns_what_a_person_did"),
    ),
    Requirement(
        "DOCS-2",
        "sdk contract 20: display_hint",
        "A hint without a component has the gate's own, and everything it says is the component's config.",
        of(CONTRACT, "a_word_and_a_loose_hint_are_a_gate_with_its_own_component")
        + of(SAMPLES, "a_gate_returns_what_a_person_did"),
    ),
    Requirement(
        "DOCS-3",
        "sdk contract 20: await_signal_with_action",
        "What is awaited may be said by a word.",
        of(CONTRACT, "a_word_and_a_loose_hint_are_a_gate_with_its_own_component"),
    ),
    Requirement(
        "DOCS-4",
        "sdk contract 20: current_pending_action",
        "A gate has `action` beside `kind`.",
        of(CONTRACT, FIELDS, "a_word_and_a_loose_hint_are_a_gate_with_its_own_component"),
    ),
    Requirement(
        "DOCS-5",
        "sdk contract 20: current_steps",
        "A step has its icon where it has one.",
        of(CONTRACT, FIELDS),
    ),
    Requirement(
        "DOCS-6",
        "sdk contract 20: queries and signal",
        "Five queries and the signal are wired for every class.",
        of(GATES, "both_decorator_styles_have_the_same_queries_signal_and_update"),
    ),
    Requirement(
        "DOCS-7",
        "sdk contract 20: user_action",
        "The signal takes `kind`, `type` and `action` alike.",
        of(ACTION, "each_dialect_means_the_same")
        + of(
            PUBLISHED,
            "rows_by_api_are_reviewed_edited_and_approved_without_a_ledger",
            "a_rejected_batch_takes_the_path_that_logs_by_a_name_it_never_imported",
            "an_approved_batch_is_posted_once_to_the_connected_ledger",
        ),
    ),
    Requirement(
        "DOCS-8",
        "sdk contract 20: wait_for_signal",
        "`wait_for_signal` waits for a signal by its name.",
        of(f"{SDK}/test_contract_runs.py", "a_run_waits_for_a_signal_by_its_name"),
    ),
    Requirement(
        "DOCS-9",
        "sdk contract 20: task and previous",
        "`task`, `previous` and `history` are imported from `ntro.workflow`.",
        of(
            IMPORTS,
            "the_task_module_is_reached_through_the_package",
            "runbooks_that_import_from_history_find_what_moved",
        ),
    ),
    Requirement(
        "DOCS-10",
        "sdk contract 20: invoke",
        "Agents are invoked from steps and from activities.",
        of(
            f"{AGENTS}/test_agents_runs.py",
            "a_step_invokes_an_agent_and_the_session_knows_the_step",
            "an_activity_invokes_an_agent_where_it_runs",
        ),
    ),
    Requirement(
        "DOCS-11",
        "sdk contract 20: agent outputs",
        "Files of an agent are documents with the source `agent_output:` and the agent's id.",
        of(
            f"{AGENTS}/test_agents_files.py",
            "three_files_come_back_one_large_one_late_one_with_a_dangerous_name",
        ),
    ),
    Requirement(
        "DOCS-12",
        "sdk contract 20: fan-out",
        "Children that are dispatched in a loop, or at once, have ids of their own.",
        of(SAMPLES, "children_dispatched_in_a_loop_each_run")
        + of(RUNS, "children_have_ids_of_their_own_and_results_keep_the_order"),
    ),
    Requirement(
        "DOCS-13",
        "sdk contract 20: pdf and extraction",
        "`pdf.parse` and `extraction.extract` are the capabilities that they name.",
        of(MODULES, "aliases_are_the_capabilities_that_they_name")
        + of(f"{CAPABILITIES}/test_capability_files.py", "a_pdf_is_the_text_of_its_pages"),
    ),
    Requirement(
        "DOCS-14",
        "sdk contract 20: extras",
        "Accounting needs no more than the extra `workflow` brings.",
        of(SAMPLES, "the_workflow_extra_brings_the_engine") + of(SURFACE, LIGHT),
    ),
    Requirement(
        "DOCS-15",
        "sdk contract 20: replay",
        "A run is replayed later on its own version, from recorded inputs, to the same bytes.",
        of("tests/replay/test_replay_histories.py", "a_stored_run_replays")
        + of(
            f"{CELL}/test_cell_worker_whole_path.py",
            "a_run_survives_its_worker_and_stays_on_the_version_it_started_on",
        )
        + of(
            f"{CAPABILITIES}/test_capability_ai_extraction.py",
            "the_provenance_of_an_extraction_is_kept_streamed_or_not",
        )
        + of(
            f"{WHOLE}/test_acceptance_demo.py",
            "the_pack_computed_afresh_from_the_evidence_has_the_same_bytes",
        ),
    ),
    Requirement(
        "DOCS-16",
        "sdk contract 20: customer data",
        "Contexts, inputs of agents and notifications reach Workspace as references only.",
        of("tests/security/test_boundary.py")
        + of(
            f"{WORKSPACE}/test_workspace_tasks.py",
            "the_cell_gets_the_command_with_the_rest_sealed",
            "nothing_of_the_rest_is_stored_in_plain",
        )
        + of(f"{CAPABILITIES}/test_capability_notify.py", "data_stays_in_the_tenant_and_the_answer_says_so"),
    ),
    Requirement(
        "DOCS-17",
        "sdk contract 20: session config",
        "A session's configuration is found at either published place.",
        of(f"{SDK}/test_contract_values.py", "a_session_is_configured_at_either_place")
        + of(MODULES, "credentials_of_the_session_mount_win"),
    ),
    Requirement(
        "DOCS-18",
        "sdk contract 20: kinds of agents",
        "Every kind is known: connected and invoked, or refused clearly.",
        of(f"{AGENTS}/test_agents_copilot.py")
        + of(
            f"{AGENTS}/test_agents_claude_sessions.py",
            "an_agent_of_another_tenant_or_without_a_host_is_refused",
        ),
    ),
)

CHECKLIST = (
    Requirement(
        "COMPAT-1",
        "sdk contract 21.1",
        "Published runbooks import, validate, register and complete unedited, by file and by data, by every path.",
        (PUBLISHED, f"{WHOLE}/test_acceptance_published.py"),
    ),
    Requirement(
        "COMPAT-2",
        "sdk contract 21.2",
        "Both decorators expose the same five queries and the signal.",
        of(GATES, "both_decorator_styles_have_the_same_queries_signal_and_update"),
    ),
    Requirement(
        "COMPAT-3",
        "sdk contract 21.3",
        "`ntro.workflow`, `.steps` and `.registry` load no engine; accounting and subledgers no ledger client.",
        of(IMPORTS, "importing_it_loads_no_engine_client_or_driver") + of(SURFACE, LIGHT),
    ),
    Requirement(
        "COMPAT-4",
        "sdk contract 21.4",
        "Gates equal the published ones field for field; a parent leads to its child's gate; ids are the published.",
        of(CONTRACT, FIELDS)
        + of(
            f"{SDK}/test_contract_runs.py",
            "documents_are_collected_at_one_gate_whose_slots_lead_to_their_runs",
        )
        + of(
            f"{SDK}/test_workflow_local_run.py",
            "a_run_and_its_child_are_queried_and_signalled_by_handle",
        ),
    ),
    Requirement(
        "COMPAT-5",
        "sdk contract 21.5",
        "A decision is a dict with `kind`, usable with `.get`, and has `.action`.",
        of(ACTION, "each_dialect_means_the_same"),
    ),
    Requirement(
        "COMPAT-6",
        "sdk contract 21.6",
        "`args`, timedeltas, timeouts and retry policies are accepted, on a server and in memory.",
        of(
            RUNS,
            "activities_take_several_arguments_and_none",
            "run_local_runs_once_in_memory_and_returns_the_result",
        )
        + of(
            f"{SDK}/test_contract_runs.py",
            "activities_in_memory_have_copies_contexts_and_retries_of_their_own",
        )
        + of(CONTRACT, "a_gate_expires_as_a_timeout_that_runbooks_catch"),
    ),
    Requirement(
        "COMPAT-7",
        "sdk contract 21.7",
        "Rows are dicts, JSON goes in as text, comes back as objects, and `execute` answers the status tag.",
        of(
            f"{SDK}/test_data_plane.py",
            "rows_are_dicts_and_execute_returns_the_status_tag",
            "json_goes_in_as_text_or_object_and_comes_out_as_object",
        ),
    ),
    Requirement(
        "COMPAT-8",
        "sdk contract 21.8",
        "A data table has `datasets` and `columns`.",
        of(f"{SDK}/test_subledger_rows.py", "columns_follow_from_the_row_class"),
    ),
    Requirement(
        "COMPAT-9",
        "sdk contract 21.9",
        "Errors are caught as published.",
        of(
            f"{SDK}/test_contract_values.py",
            "an_error_is_caught_as_published",
            "only_an_outage_of_a_ledger_is_worth_another_try",
        ),
    ),
    Requirement(
        "COMPAT-10",
        "sdk contract 21.10",
        "A repeated decision, one without a gate, a row action that raises, a retry after a partial post and an outage "
        "of the database lose nothing, approve nothing and hang nowhere.",
        of(
            f"{CELL_API}/test_cell_api_decisions.py",
            "a_double_click_is_answered_alike_and_applied_once",
            "what_was_stored_while_temporal_was_away_is_delivered_later",
        )
        + of(CONTRACT, "what_comes_while_no_review_is_open_answers_no_later_review")
        + of(GATES, "a_failing_row_action_keeps_the_gate_and_is_shown")
        + of(
            f"{SDK}/test_gl_apideck.py",
            "a_retry_after_a_lost_answer_finds_what_was_posted",
        )
        + of(
            f"{SDK}/test_workflow_task.py",
            "a_database_that_cannot_be_reached_is_an_error_and_not_none",
        ),
    ),
)

REQUIREMENTS = (*DISAGREEMENTS, *CHECKLIST)
