"""Where the published SDK is to be surpassed: agents, security, speed, testing."""

from manifest.requirement import AGENTS, CAPABILITIES, CELL, CELL_API, CLI, PUBLISHED, SDK, Requirement, of

CLAUDE = f"{AGENTS}/test_agents_claude_sessions.py"
AGENT_RUNS = f"{AGENTS}/test_agents_runs.py"
FILES = f"{AGENTS}/test_agents_files.py"
VALIDATION = f"{SDK}/test_runbook_validation.py"
HARNESS = f"{SDK}/test_testing_harness.py"
HARNESS_GATES = f"{SDK}/test_testing_gates.py"
SERVER = f"{SDK}/test_testing_server.py"
SCENARIOS = f"{CLI}/test_cli_scenarios.py"
TRACE = f"{CAPABILITIES}/test_capability_trace.py"
LOOP = f"{SDK}/test_contract_loop.py"

AGENT_ENTRIES = (
    Requirement(
        "SDK-G1",
        "sdk contract 19 G1",
        "`invoke` works in a step and in an activity.",
        of(
            AGENT_RUNS,
            "a_step_invokes_an_agent_and_the_session_knows_the_step",
            "an_activity_invokes_an_agent_where_it_runs",
        ),
    ),
    Requirement(
        "SDK-G2",
        "sdk contract 19 G2",
        "A retry adopts the session that was begun; a cancelled run ends it at its host.",
        of(
            CLAUDE,
            "the_same_question_in_the_same_task_is_one_session",
            "a_session_whose_creation_was_not_answered_is_adopted_by_its_tag",
        )
        + of(
            AGENT_RUNS,
            "a_cancelled_run_ends_the_session_at_its_host",
            "a_worker_that_stops_leaves_the_session_to_the_next",
        )
        + of(f"{AGENTS}/test_agents_kills.py"),
    ),
    Requirement(
        "SDK-G3",
        "sdk contract 19 G3",
        "A session ends as its stop reason says; errors that pass are waited out.",
        of(
            CLAUDE,
            "a_session_ends_as_its_stop_reason_says",
            "an_idle_session_is_completed_only_where_its_last_turn_ended",
            "errors_that_pass_are_waited_out",
            "a_rate_limit_is_kept_as_the_host_asks",
        ),
    ),
    Requirement(
        "SDK-G4",
        "sdk contract 19 G4",
        "Vaults, environment, version and budget are those of the agent.",
        of(CLAUDE, "vaults_environment_version_and_budget_are_those_of_the_agent")
        + of(
            f"{AGENTS}/test_agents_settings.py",
            "settings_by_id_win_over_those_by_name_and_bad_ones_are_named",
        ),
    ),
    Requirement(
        "SDK-G5",
        "sdk contract 19 G5",
        "Files come back once each, from every page, up to a size, under safe names; what broke off goes on.",
        (FILES,),
    ),
    Requirement(
        "SDK-G6",
        "sdk contract 19 G6",
        "What an agent said is read from the session's events.",
        of(CLAUDE, "a_session_is_begun_with_its_input_and_followed_to_its_end"),
    ),
    Requirement(
        "SDK-G7",
        "sdk contract 19 G7",
        "Copilot agents are invoked; kinds that are not connected are refused clearly.",
        of(f"{AGENTS}/test_agents_copilot.py") + of(CLAUDE, "an_agent_of_another_tenant_or_without_a_host_is_refused"),
    ),
)

SECURITY_ENTRIES = (
    Requirement(
        "SDK-H1",
        "sdk contract 19 H1",
        "No path leaves the tenant's folder, and a file is written whole or not at all.",
        of(
            f"{CAPABILITIES}/test_capability_storage.py",
            "a_path_that_leads_elsewhere_is_refused",
            "no_path_that_is_taken_leaves_the_folder",
            "symbolic_links_are_not_followed",
            "a_write_that_fails_leaves_what_was_there",
        ),
    ),
    Requirement(
        "SDK-H2",
        "sdk contract 19 H2",
        "Notifications and traces are sent with the worker's own key.",
        of(
            f"{CAPABILITIES}/test_capability_notify.py",
            "a_notification_is_ids_a_type_and_a_time_sent_with_the_workers_key",
        )
        + of(TRACE, "a_trace_is_a_start_few_pieces_of_text_and_an_end")
        + of(
            f"{CELL_API}/test_cell_api_worker_events.py",
            "another_key_is_refused",
            "each_cell_has_a_key_of_its_own_that_is_not_its_secret",
        ),
    ),
    Requirement(
        "SDK-H3",
        "sdk contract 19 H3",
        "No baseline is made up: without an earlier task there is none.",
        of(f"{SDK}/test_workflow_task.py", "without_an_earlier_task_there_is_none"),
    ),
    Requirement(
        "SDK-H4",
        "sdk contract 19 H4",
        "Names of the platform's own packages are never resolved from an index.",
        of(f"{CELL}/test_cell_ops_parts.py", "names_of_the_platform_are_never_installed"),
    ),
    Requirement(
        "SDK-H5",
        "sdk contract 19 H5",
        "Secrets do not show where settings do.",
        of(f"{SDK}/test_data_config.py", "secrets_do_not_show")
        + of(f"{CAPABILITIES}/test_capability_modules.py", "a_secret_is_text_that_does_not_show"),
    ),
    Requirement(
        "SDK-H6",
        "sdk contract 19 H6",
        "Mail goes to trusted servers only and in bounded time; no text becomes a formula; a company's number is "
        "checked before it is part of an address.",
        of(
            f"{CAPABILITIES}/test_capability_email.py",
            "a_server_that_is_not_trusted_gets_nothing",
            "a_server_that_does_not_answer_is_worth_another_try",
        )
        + of(LOOP, "a_mail_server_that_never_says_anything_is_given_up")
        + of(f"{CAPABILITIES}/test_capability_excel.py", "no_text_becomes_a_formula_or_a_link")
        + of(f"{CAPABILITIES}/test_capability_bureaus.py", "what_can_be_no_number_is_never_sent"),
    ),
    Requirement(
        "SDK-H7",
        "sdk contract 19 H7",
        "A runbook is judged by its text first, then imported in a process with limits.",
        of(
            VALIDATION,
            "code_with_an_error_in_its_text_is_not_run",
            "code_is_imported_under_each_limit",
            "a_module_that_never_ends_is_given_up",
            "a_module_that_takes_too_much_memory_is_given_up",
            "a_runbook_that_ends_the_process_or_prints_is_judged_all_the_same",
        ),
    ),
    Requirement(
        "SDK-H8",
        "sdk contract 19 H8",
        "Names of subledgers are checked before they are in a statement; a bundle's scripts reach the ledgers alone.",
        of(f"{SDK}/test_subledger_rows.py", "a_name_belongs_to_one_class_and_a_reload_replaces_it")
        + of(
            f"{CELL}/test_cell_ops_bundle_scripts.py",
            "a_script_that_reaches_beyond_its_own_tables_is_refused_and_leaves_nothing",
        ),
    ),
)

SPEED_ENTRIES = (
    Requirement(
        "SDK-I1",
        "sdk contract 19 I1",
        "Parsing, spreadsheets, files and mail leave the event loop free.",
        of(f"{CAPABILITIES}/test_capability_files.py", "the_loop_goes_on_while_a_file_is_parsed") + of(LOOP),
    ),
    Requirement(
        "SDK-I2",
        "sdk contract 19 I2",
        "A trace is sent in few pieces, drops text when it is behind, and costs the writer no time.",
        of(
            TRACE,
            "a_trace_is_a_start_few_pieces_of_text_and_an_end",
            "a_slow_receiver_costs_text_never_time_and_the_trace_says_how_much",
            "events_of_a_later_attempt_follow_those_of_an_earlier_one",
        ),
    ),
    Requirement(
        "SDK-I3",
        "sdk contract 19 I3",
        "Importing subledgers loads no ledger client, driver or engine.",
        of(
            f"{SDK}/test_contract_surface.py",
            "what_runbooks_import_loads_neither_engine_driver_nor_ledger",
        ),
    ),
    Requirement(
        "SDK-I4",
        "sdk contract 19 I4",
        "Many rows are inserted in one statement, all or none.",
        of(
            f"{SDK}/test_subledger_history.py",
            "rows_that_are_inserted_together_are_stored_once_or_not_at_all",
        ),
    ),
    Requirement(
        "SDK-I5",
        "sdk contract 19 I5",
        "One pool serves a worker; no statement runs without end.",
        of(
            f"{SDK}/test_data_plane.py",
            "asking_at_once_opens_one_pool_and_closing_lets_a_new_one_open",
            "statements_are_ended_by_the_server_too",
        ),
    ),
    Requirement(
        "SDK-I6",
        "sdk contract 19 I6",
        "Who looks again at what did not change is sent nothing.",
        of(f"{CELL_API}/test_cell_ui_pages.py", "a_part_that_was_seen_already_is_not_sent_again"),
    ),
)

TESTING_ENTRIES = (
    Requirement(
        "SDK-J1",
        "sdk contract 19 J1",
        "The harness needs no download, answers every kind of gate, and gives runs ids of tasks.",
        of(
            HARNESS_GATES,
            "each_document_of_a_list_is_handed_in",
            "files_that_nobody_lists_are_one_document",
            "data_is_handed_in_as_a_cell_sends_it",
            "a_signal_of_the_runbooks_own_is_sent",
        )
        + of(SERVER, "a_server_is_there_until_its_block_ends", "without_a_server_it_is_said_what_to_install")
        + of(PUBLISHED, "the_harness_runs_it_to_its_end"),
    ),
    Requirement(
        "SDK-J2",
        "sdk contract 19 J2",
        "Mocks know enumerations, literals, constraints, nested models and annotations that are text.",
        of(f"{SDK}/test_testing_auto_mock.py") + of(HARNESS_GATES, "an_example_is_made_from_annotations_that_are_text"),
    ),
    Requirement(
        "SDK-J3",
        "sdk contract 19 J3",
        "Using the harness changes nothing of the process.",
        of(HARNESS_GATES, "using_the_harness_changes_nothing_of_the_process"),
    ),
    Requirement(
        "SDK-J4",
        "sdk contract 19 J4",
        "A gate with checks is answered in the harness; agents are made up there.",
        of(HARNESS_GATES, "a_gate_with_checks_is_answered")
        + of(AGENT_RUNS, "without_an_agent_the_step_is_skipped_and_in_a_harness_the_host_is_made_up"),
    ),
    Requirement(
        "SDK-J5",
        "sdk contract 19 J5",
        "The deadline is kept, and a failed run tells its cause and its step.",
        of(
            HARNESS,
            "a_run_that_waits_for_nobody_ends_at_the_deadline_with_its_cause",
            "a_given_activity_replaces_the_mock_and_its_input_error_is_not_retried",
        ),
    ),
    Requirement(
        "SDK-J6",
        "sdk contract 19 J6",
        "Overrides and corrections apply by step, given activities replace mocks, inputs are checked, examples made.",
        of(
            HARNESS,
            "a_gate_that_the_scenario_ignores_runs_into_its_timeout",
            "a_given_activity_replaces_the_mock_and_its_input_error_is_not_retried",
            "an_input_that_does_not_fit_is_refused_before_the_run",
            "a_runbook_goes_through_all_gates_with_mocks_and_an_example_input",
        )
        + of(f"{SDK}/test_testing_corrections.py", "a_review_that_is_shown_again_after_corrections_is_approved"),
    ),
    Requirement(
        "SDK-J7",
        "sdk contract 19 J7",
        "A rejection is read as one in every dialect.",
        of(HARNESS_GATES, "an_answer_is_the_same_in_every_dialect")
        + of(f"{SDK}/test_seed_samples.py", "a_gate_returns_what_a_person_did"),
    ),
    Requirement(
        "SDK-J8",
        "sdk contract 19 J8",
        "`ntro workflow test` writes one document, has one server, tells ordinary mistakes plainly and ends cleanly.",
        of(
            SCENARIOS,
            "a_process_writes_one_document_and_ends_cleanly",
            "all_scenarios_of_a_call_have_one_server",
            "a_runbook_that_fails_ends_the_process_with_one",
            "a_reader_that_leaves_early_is_no_error",
        )
        + of(SERVER, "a_process_that_used_the_harness_ends_cleanly")
        + of(f"{CLI}/test_cli_runbook_folder.py", "an_unknown_scenario_is_a_mistake_of_the_call"),
    ),
    Requirement(
        "SDK-J9",
        "sdk contract 19 J9",
        "A name that nothing defines is found before a run gets there.",
        of(VALIDATION, "a_name_that_nothing_defines_is_found_before_a_run_gets_there"),
    ),
)

REQUIREMENTS = (*AGENT_ENTRIES, *SECURITY_ENTRIES, *SPEED_ENTRIES, *TESTING_ENTRIES)
