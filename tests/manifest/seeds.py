"""What the pages of the guide say, page by page."""

from manifest.requirement import (
    AGENTS,
    CELL,
    CELL_API,
    CLI,
    MCP,
    SDK,
    WHOLE,
    WORKSPACE,
    Requirement,
    of,
)

SAMPLES = f"{SDK}/test_seed_samples.py"
COMMANDS = f"{CLI}/test_cli_seed_samples.py"
CONTRACT = f"{SDK}/test_contract_gates.py"
FIELDS = "gates_show_the_fields_of_the_contract_and_leave_snapshots"
RUNS = f"{SDK}/test_workflow_runs.py"
CLAUDE = f"{AGENTS}/test_agents_claude_sessions.py"
PATH = f"{CELL}/test_cell_worker_whole_path.py"

BUILD = (
    Requirement(
        "SEED-BUILD-1",
        "seed: build-runbooks",
        "A step shows its title and icon and its progress by itself; class order is the order on the page.",
        of(SAMPLES, "a_step_is_shown_under_its_name_title_and_icon") + of(CONTRACT, FIELDS),
    ),
    Requirement(
        "SEED-BUILD-2",
        "seed: build-runbooks",
        "A run blocks on approve, reject or correct, shown by the component that its hint names.",
        of(SAMPLES, "a_gate_returns_what_a_person_did") + of(CONTRACT, FIELDS),
    ),
    Requirement(
        "SEED-BUILD-3",
        "seed: build-runbooks",
        "A run blocks until a signal makes its predicate true, and says meanwhile what is needed.",
        of(SAMPLES, "a_run_waits_for_a_signal_and_says_what_it_waits_for"),
    ),
    Requirement(
        "SEED-BUILD-4",
        "seed: build-runbooks",
        "Another runbook is dispatched by slug, under the parent's step; several fan out and join.",
        of(SAMPLES, "a_child_runbook_is_dispatched_by_its_slug", "children_dispatched_in_a_loop_each_run")
        + of(RUNS, "children_have_ids_of_their_own_and_results_keep_the_order"),
    ),
    Requirement(
        "SEED-BUILD-5",
        "seed: build-runbooks",
        "An agent is invoked from a step: a session at its host, polled to its end, its files documents of the task.",
        of(f"{AGENTS}/test_agents_runs.py", "a_step_invokes_an_agent_and_the_session_knows_the_step")
        + of(
            f"{AGENTS}/test_agents_files.py",
            "three_files_come_back_one_large_one_late_one_with_a_dangerous_name",
        ),
    ),
    Requirement(
        "SEED-BUILD-6",
        "seed: build-runbooks",
        "Queries and the signal are there without the subclass doing anything.",
        of(SAMPLES, "a_class_of_the_engine_is_a_runbook_with_every_query_and_the_signal"),
    ),
    Requirement(
        "SEED-BUILD-7",
        "seed: build-runbooks",
        "An observable result reaches the pages live.",
        of(RUNS, "an_observable_result_is_emitted_once")
        + of(f"{CELL}/test_cell_engine_observed.py")
        + of(f"{CELL_API}/test_cell_api_events.py", "a_stream_tells_what_was_and_then_what_happens"),
    ),
    Requirement(
        "SEED-BUILD-8",
        "seed: build-runbooks",
        "Bundles lie under their versions, several of which run beside each other.",
        of(f"{SDK}/test_workflow_bundle.py", "two_versions_in_one_process_do_not_meet")
        + of(PATH, "a_run_survives_its_worker_and_stays_on_the_version_it_started_on"),
    ),
    Requirement(
        "SEED-BUILD-9",
        "seed: build-runbooks",
        "The front matter of `runbook.md` and the text below it are what assistants read.",
        of(f"{SDK}/test_workflow_bundle.py", "front_matter_is_read_with_the_text_below")
        + of(f"{SDK}/test_client_reports.py", "the_skill_of_a_runbook_is_its_whole_description"),
    ),
    Requirement(
        "SEED-BUILD-10",
        "seed: build-runbooks",
        "A runbook runs on this machine, in the harness.",
        of(
            f"{SDK}/test_testing_harness.py",
            "a_runbook_goes_through_all_gates_with_mocks_and_an_example_input",
        ),
    ),
)

BIND = (
    Requirement(
        "SEED-BIND-1",
        "seed: building-workflows",
        "`ntro workflow create --path` uploads the bundle, binds it to an entity and attaches a schedule.",
        of(COMMANDS, "a_runbook_is_deployed_and_bound"),
    ),
    Requirement(
        "SEED-BIND-2",
        "seed: building-workflows",
        "A workflow is a runbook's slug, an entity and an optional schedule.",
        of(
            f"{WORKSPACE}/test_workspace_registry.py",
            "a_workflow_needs_a_runbook_an_entity_and_a_readable_schedule",
            "null_clears_a_schedule_and_a_pin",
        ),
    ),
    Requirement(
        "SEED-BIND-3",
        "seed: building-workflows",
        "The same runbook is deployed under several tenants, each a workflow of its own.",
        of(COMMANDS, "a_runbook_is_deployed_and_bound")
        + of(f"{WHOLE}/test_acceptance_command_line.py", "a_second_tenant_has_a_cell_of_its_own"),
    ),
    Requirement(
        "SEED-BIND-4",
        "seed: building-workflows",
        "Four templates are there, valid, and listed before anybody deployed them.",
        of(f"{SDK}/test_runbook_validation.py", "our_runbooks_are_clean")
        + of(f"{WORKSPACE}/test_workspace_runbooks.py", "templates_of_the_product_are_listed_undeployed"),
    ),
    Requirement(
        "SEED-BIND-5",
        "seed: building-workflows",
        "Versions are pinned per tenant; a run stays on the version that it started on.",
        of(PATH, "a_run_survives_its_worker_and_stays_on_the_version_it_started_on")
        + of(f"{MCP}/test_mcp_workspace_tools.py", "a_workflow_is_bound_changed_and_moved_between_versions"),
    ),
)

HOW = (
    Requirement(
        "SEED-HOW-1",
        "seed: how-it-works",
        "A coding agent reads the schemas of the data platform and writes a runbook through MCP.",
        of(f"{MCP}/test_mcp_workspace_tools.py", "schemas_of_a_data_platform_come_in_pages")
        + of(
            "tests/browser/test_browser_mcp.py",
            "an_agent_writes_a_runbook_and_a_person_signs_its_gate",
        ),
    ),
    Requirement(
        "SEED-HOW-2",
        "seed: how-it-works",
        "What a model got wrong is corrected by a person before it counts, and the correction is kept.",
        of(
            f"{WHOLE}/test_acceptance_ingest.py",
            "a_correction_is_added_up_and_shown_before_it_counts",
        )
        + of(
            "runbooks/document-ingest/tests/test_ingest_workflow.py",
            "a_correction_is_kept_beside_what_it_corrected",
        )
        + of(f"{WORKSPACE}/test_workspace_runbooks.py", "feedback_is_kept_for_a_known_runbook")
        + of(f"{CELL_API}/test_cell_corrections_corpus.py"),
    ),
    Requirement(
        "SEED-HOW-3",
        "seed: how-it-works",
        "A deployed runbook runs in an environment of its own, with its own pins.",
        of(
            f"{CELL}/test_cell_ops_parts.py",
            "an_environment_has_its_own_pins_before_the_platforms_packages",
        )
        + of(PATH, "a_task_is_deployed_started_decided_and_reported"),
    ),
    Requirement(
        "SEED-HOW-4",
        "seed: how-it-works",
        "Reproducible: the same inputs give the same bytes, in every process, zone and hash seed, also months later.",
        of(
            "runbooks/nav-monthly/tests/test_navm_pack.py",
            "the_same_close_gives_the_same_bytes_in_every_process_zone_and_hash_seed",
        )
        + of(
            f"{WHOLE}/test_acceptance_demo.py",
            "the_pack_computed_afresh_from_the_evidence_has_the_same_bytes",
        )
        + of("tests/replay/test_replay_histories.py", "a_stored_run_replays"),
    ),
    Requirement(
        "SEED-HOW-5",
        "seed: how-it-works",
        "Auditable: what is posted names its documents with their hashes, and a run the version of its code.",
        of(
            "runbooks/nav-monthly/tests/test_navm_ledger.py",
            "what_is_posted_is_the_closing_trial_balance_to_the_penny_with_its_lineage",
        )
        + of(
            f"{SDK}/test_accounting_close.py",
            "every_line_that_a_document_made_names_its_document_and_row",
        )
        + of(
            f"{CELL}/test_cell_engine_recording.py",
            "a_task_follows_its_run_from_queued_to_completed",
            "tampering_with_the_log_is_found",
        ),
    ),
    Requirement(
        "SEED-HOW-6",
        "seed: how-it-works",
        "Explainable: who signs sees every account's movement, each journal with its reason, every check.",
        of(
            "runbooks/nav-monthly/tests/test_navm_pack.py",
            "what_is_signed_shows_the_books_their_movement_and_the_documents_with_hashes",
            "the_report_names_figures_journals_checks_documents_and_both_people",
        ),
    ),
    Requirement(
        "SEED-HOW-7",
        "seed: how-it-works",
        "Cheap: known documents are read without a model, and the same question is asked of one once.",
        of(f"{CLI}/test_cli_document.py", "a_document_is_read_without_server_and_config")
        + of(
            f"{SDK}/capabilities/test_capability_ai_extraction.py",
            "the_same_question_is_asked_once",
        ),
    ),
    Requirement(
        "SEED-HOW-8",
        "seed: how-it-works",
        "A tenant brings what is its own: types of rows with their tables, checks, ledgers, kinds of agents.",
        of(f"{CELL}/test_cell_ops_bundle_scripts.py", "a_bundle_brings_its_type_and_its_table")
        + of(f"{SDK}/test_checks_gates.py", "checks_are_answered_in_order_while_the_gate_is_open_and_kept_in_snapshots")
        + of(f"{SDK}/test_gl_registry.py", "a_provider_that_is_registered_again_is_made_again")
        + of(f"{AGENTS}/test_agents_settings.py", "another_package_adds_a_kind"),
    ),
    Requirement(
        "SEED-HOW-9",
        "seed: how-it-works",
        "No financial data of a customer flows through Workspace.",
        ("tests/security/test_boundary.py", f"{WORKSPACE}/test_workspace_boundary.py"),
    ),
)

REGISTER = (
    Requirement(
        "SEED-AGENT-1",
        "seed: register-agents",
        "Registering prints the id that runbooks use, the resolved reference, and the key, once.",
        of(COMMANDS, "registering_an_agent_prints_its_id_its_reference_and_its_key_once"),
    ),
    Requirement(
        "SEED-AGENT-2",
        "seed: register-agents",
        "The address of an agent holds its kind and its host's id.",
        of(f"{WORKSPACE}/test_workspace_notifications.py", "an_agent_is_registered_by_its_path")
        + of(f"{CLI}/test_cli_commands.py", "an_agent_is_named_by_its_address"),
    ),
    Requirement(
        "SEED-AGENT-3",
        "seed: register-agents",
        "Agents are created, listed, read, removed and versioned by API, command line and MCP.",
        of(COMMANDS, "the_other_commands_of_the_table_call_what_it_names")
        + of(f"{MCP}/test_mcp_workspace_tools.py", "an_agent_is_registered_listed_versioned_and_removed")
        + of(
            f"{WORKSPACE}/test_workspace_registry.py",
            "an_agent_gets_its_key_once_and_dies_with_it",
        ),
    ),
    Requirement(
        "SEED-AGENT-4",
        "seed: register-agents",
        "The sample step is skipped without an agent and returns the agent's result with one.",
        of(SAMPLES, "an_agent_step_is_skipped_without_an_agent_and_returns_its_result_with_one"),
    ),
    Requirement(
        "SEED-AGENT-5",
        "seed: register-agents",
        "`invoke` resolves our id through the registry, picks the provider, and follows the session to its end.",
        of(CLAUDE, "a_session_is_begun_with_its_input_and_followed_to_its_end"),
    ),
    Requirement(
        "SEED-AGENT-6",
        "seed: register-agents",
        "Output files come back as references with name, type, size and source, beside the documents of users.",
        of(
            f"{AGENTS}/test_agents_files.py",
            "three_files_come_back_one_large_one_late_one_with_a_dangerous_name",
        )
        + of(f"{CELL_API}/test_cell_agents_files.py"),
    ),
    Requirement(
        "SEED-AGENT-7",
        "seed: register-agents",
        "An agent calls back with its key and works on its own task through MCP.",
        of(
            f"{MCP}/test_mcp_task_tools.py",
            "steps_of_an_agent_are_events_of_the_task",
            "an_agents_key_does_nothing_on_a_task_that_it_does_not_work_on",
        ),
    ),
)

REFERENCE = (
    Requirement(
        "SEED-REF-1",
        "seed: sdk-workflow-reference",
        "The extra `workflow` brings the engine and what a runbook needs.",
        of(SAMPLES, "the_workflow_extra_brings_the_engine"),
    ),
    Requirement(
        "SEED-REF-2",
        "seed: sdk-workflow-reference",
        "Every symbol of the surface is imported as the table says.",
        of(
            f"{SDK}/test_contract_surface.py",
            "every_published_name_is_imported_from_where_it_was",
            "every_published_call_is_accepted",
        ),
    ),
    Requirement(
        "SEED-REF-3",
        "seed: sdk-workflow-reference",
        "A class of the engine that subclasses `NtroWorkflow` runs, with queries and signal.",
        of(SAMPLES, "a_class_of_the_engine_is_a_runbook_with_every_query_and_the_signal"),
    ),
    Requirement(
        "SEED-REF-4",
        "seed: sdk-workflow-reference",
        "Queries answer what is awaited with its hint, the ladder of steps, and the page's state in one read; the "
        "signal takes an action with a payload.",
        of(CONTRACT, FIELDS),
    ),
    Requirement(
        "SEED-REF-5",
        "seed: sdk-workflow-reference",
        "The samples of steps, gates and children run as they are printed.",
        (SAMPLES,),
    ),
    Requirement(
        "SEED-REF-6",
        "seed: sdk-workflow-reference",
        "`previous` loads what an earlier task committed.",
        of(
            f"{SDK}/test_workflow_task.py",
            "a_run_reads_its_baseline_through_activities",
            "the_latest_completed_task_before_a_period_is_found_by_entity_id_or_slug",
        )
        + of(f"{SDK}/test_workflow_imports.py", "the_task_module_is_reached_through_the_package"),
    ),
)

REQUIREMENTS = (*BUILD, *BIND, *HOW, *REGISTER, *REFERENCE)
