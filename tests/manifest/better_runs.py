"""Where the published SDK is to be surpassed: gates, runs that hang or die, runs in memory."""

from manifest.requirement import CELL, CELL_API, PUBLISHED, SDK, WHOLE, Requirement, of

GATES = f"{SDK}/test_workflow_gates.py"
CONTRACT = f"{SDK}/test_contract_gates.py"
RUNS_OF_CONTRACT = f"{SDK}/test_contract_runs.py"
ACTION = f"{SDK}/test_workflow_user_action.py"
CHECKS = f"{SDK}/test_checks_gates.py"
RUNS = f"{SDK}/test_workflow_runs.py"
HARNESS = f"{SDK}/test_testing_harness.py"
IN_MEMORY = "activities_in_memory_have_copies_contexts_and_retries_of_their_own"

GATE_ENTRIES = (
    Requirement(
        "SDK-A1",
        "sdk contract 19 A1",
        "A decision that comes while no review is open, or names another gate, answers no gate and is recorded.",
        of(CONTRACT, "what_comes_while_no_review_is_open_answers_no_later_review")
        + of(
            GATES, "a_decision_that_names_a_closed_gate_is_ignored_and_recorded", "a_double_click_answers_one_gate_only"
        )
        + of(f"{WHOLE}/test_acceptance_decisions.py", "a_double_click_is_one_outcome_and_never_a_later_gate"),
    ),
    Requirement(
        "SDK-A2",
        "sdk contract 19 A2",
        "Of two decisions that arrive together the first one wins.",
        of(GATES, "the_first_of_two_decisions_in_one_batch_wins"),
    ),
    Requirement(
        "SDK-A3",
        "sdk contract 19 A3",
        "A row action that raises is shown as feedback and leaves the gate open.",
        of(GATES, "a_failing_row_action_keeps_the_gate_and_is_shown"),
    ),
    Requirement(
        "SDK-A4",
        "sdk contract 19 A4",
        "People and agents see the same payload after a row was edited.",
        of(GATES, "a_row_action_changes_what_is_shown_and_outdates_earlier_decisions"),
    ),
    Requirement(
        "SDK-A5",
        "sdk contract 19 A5",
        "A row action that comes between gates, or names a closed one, is applied at none.",
        of(CONTRACT, "what_comes_while_no_review_is_open_answers_no_later_review"),
    ),
    Requirement(
        "SDK-A6",
        "sdk contract 19 A6",
        "Of gates that open at once one is open at a time, each with a decision of its own.",
        of(RUNS, "of_two_gates_at_once_the_second_opens_when_the_first_closes"),
    ),
    Requirement(
        "SDK-A7",
        "sdk contract 19 A7",
        "Every dialect of a decision means the same, to whoever reads any of them.",
        of(ACTION, "each_dialect_means_the_same", "verdicts_that_contradict_each_other_are_refused")
        + of(f"{SDK}/test_testing_gates.py", "an_answer_is_the_same_in_every_dialect"),
    ),
    Requirement(
        "SDK-A8",
        "sdk contract 19 A8",
        "A correction has all keys that runbooks read, whatever was sent.",
        of(ACTION, "a_correction_has_every_key_that_runbooks_read"),
    ),
    Requirement(
        "SDK-A9",
        "sdk contract 19 A9",
        "A decision is stamped with actor, time, reason and gate.",
        of(f"{CELL_API}/test_cell_api_decisions.py", "a_decision_reaches_its_run_with_actor_reason_and_corrections")
        + of(ACTION, "a_decision_of_an_update_reads_the_same"),
    ),
    Requirement(
        "SDK-A10",
        "sdk contract 19 A10",
        "A review may have a timeout.",
        of(CONTRACT, "a_gate_expires_as_a_timeout_that_runbooks_catch")
        + of(GATES, "a_gate_that_nobody_answers_times_out_and_fails_the_run"),
    ),
    Requirement(
        "SDK-A11",
        "sdk contract 19 A11",
        "Feedback belongs to its step, is shown on reviews that open there later, and written into no caller's hint.",
        of(
            f"{SDK}/test_workflow_feedback.py",
            "feedback_is_shown_at_gates_of_its_step_and_set_between_steps_at_the_next_gate",
        )
        + of(CONTRACT, "what_a_runbook_gives_to_a_gate_is_not_written_to"),
    ),
    Requirement(
        "SDK-A12",
        "sdk contract 19 A12",
        "Snapshots hold the checks, and every visit with the latest on top.",
        of(CHECKS, "checks_are_answered_in_order_while_the_gate_is_open_and_kept_in_snapshots")
        + of(RUNS, "steps_are_recorded_in_order_and_once_though_the_database_comes_and_goes"),
    ),
    Requirement(
        "SDK-A13",
        "sdk contract 19 A13",
        "Checks of a gate for a signal run once there is something to check.",
        of(CHECKS, "checks_are_answered_in_order_while_the_gate_is_open_and_kept_in_snapshots"),
    ),
)

RUN_ENTRIES = (
    Requirement(
        "SDK-B1",
        "sdk contract 19 B1",
        "Children of one step have ids of their own, one alone the published id; repeated sources are numbered.",
        of(RUNS, "children_have_ids_of_their_own_and_results_keep_the_order")
        + of(HARNESS, "children_are_driven_and_time_is_skipped_between_gates"),
    ),
    Requirement(
        "SDK-B2",
        "sdk contract 19 B2",
        "An error of runbook code fails the run with its cause instead of retrying for ever.",
        of(
            RUNS,
            "errors_of_runbook_code_and_of_input_fail_the_run_at_once",
            "a_failed_run_names_the_step_and_the_cause",
        )
        + of(f"{SDK}/test_workflow_input.py", "input_that_does_not_fit_fails_the_run_and_each_place_is_named"),
    ),
    Requirement(
        "SDK-B3",
        "sdk contract 19 B3",
        "Activities are retried up to a maximum; what trying again cannot mend, or says so itself, is final.",
        of(RUNS_OF_CONTRACT, "an_activity_without_a_policy_of_its_own_is_given_up_after_some_attempts")
        + of(RUNS, "errors_of_runbook_code_and_of_input_fail_the_run_at_once")
        + of(HARNESS, "a_given_activity_replaces_the_mock_and_its_input_error_is_not_retried"),
    ),
    Requirement(
        "SDK-B4",
        "sdk contract 19 B4",
        "Both decorators give the same queries and signals, in any import order and without any variable set.",
        of(GATES, "both_decorator_styles_have_the_same_queries_signal_and_update")
        + of(f"{SDK}/test_workflow_imports.py", "the_engine_is_the_same_whatever_the_environment_says")
        + of(
            f"{SDK}/test_contract_surface.py",
            "a_class_is_the_same_whatever_was_imported_first_and_whatever_the_environment_says",
        ),
    ),
    Requirement(
        "SDK-B5",
        "sdk contract 19 B5",
        "Workflow-facing modules load in the engine's sandbox, with one list of what passes through it.",
        of(
            HARNESS,
            "a_runbook_goes_through_all_gates_with_mocks_and_an_example_input",
            "a_run_costs_a_few_milliseconds_of_loading_because_models_and_activities_are_shared",
        ),
    ),
    Requirement(
        "SDK-B6",
        "sdk contract 19 B6",
        "A bundle that uses `workflow` without importing it is given it and runs.",
        of(
            f"{SDK}/test_runbook_validation.py",
            "a_workflow_module_that_forgot_to_import_the_engines_workflow_is_given_it",
        )
        + of(PUBLISHED, "a_rejected_batch_takes_the_path_that_logs_by_a_name_it_never_imported"),
    ),
    Requirement(
        "SDK-B7",
        "sdk contract 19 B7",
        "Collected documents show pending, processing, completed and failed; all start at once and all end.",
        of(
            HARNESS,
            "children_are_driven_and_time_is_skipped_between_gates",
            "a_failing_child_is_shown_as_failed_and_the_others_still_end",
        )
        + of(RUNS_OF_CONTRACT, "documents_are_collected_at_one_gate_whose_slots_lead_to_their_runs"),
    ),
    Requirement(
        "SDK-B8",
        "sdk contract 19 B8",
        "A run that is cancelled while its checks are asked ends.",
        of(CONTRACT, "a_cancelled_run_ends_though_its_checks_are_being_asked"),
    ),
    Requirement(
        "SDK-B9",
        "sdk contract 19 B9",
        "Activities and `run_step` take several arguments, a list of them, and None.",
        of(RUNS, "activities_take_several_arguments_and_none") + of(RUNS_OF_CONTRACT, IN_MEMORY),
    ),
    Requirement(
        "SDK-B10",
        "sdk contract 19 B10",
        "The facades have sleep, ids, random numbers, patches, heartbeats and going on as new; steps of base classes "
        "and nested steps are told apart, failed and waiting ones too.",
        of(
            RUNS,
            "activities_take_several_arguments_and_none",
            "a_run_that_goes_on_as_new_records_each_run",
            "steps_are_recorded_in_order_and_once_though_the_database_comes_and_goes",
            "a_failed_run_names_the_step_and_the_cause",
        )
        + of(RUNS_OF_CONTRACT, "steps_are_active_while_they_run_and_failed_where_they_raise", IN_MEMORY)
        + of(CONTRACT, "gates_show_the_fields_of_the_contract_and_leave_snapshots"),
    ),
    Requirement(
        "SDK-B11",
        "sdk contract 19 B11",
        "Payloads of a history are compressed, encrypted and, when large, kept by the tenant.",
        of(
            f"{CELL}/test_cell_engine_codec.py",
            "a_payload_of_any_size_comes_back_as_it_was",
            "a_large_payload_is_stored_encrypted_and_travels_as_its_digest",
            "what_compresses_below_the_limit_is_not_stored",
        ),
    ),
)

MEMORY_ENTRIES = (
    Requirement(
        "SDK-C1",
        "sdk contract 19 C1",
        "Timeouts are seconds or timedeltas, in memory too.",
        of(CONTRACT, "a_gate_expires_as_a_timeout_that_runbooks_catch"),
    ),
    Requirement(
        "SDK-C2",
        "sdk contract 19 C2",
        "`args=` counts in memory, and quality checks are asked there.",
        of(RUNS, "run_local_runs_once_in_memory_and_returns_the_result")
        + of(CONTRACT, "checks_are_asked_of_the_provider_that_the_runbook_chose"),
    ),
    Requirement(
        "SDK-C3",
        "sdk contract 19 C3",
        "A run in memory and its children are signalled and queried by handle, also where one was never awaited.",
        of(
            f"{SDK}/test_workflow_local_run.py",
            "a_run_and_its_child_are_queried_and_signalled_by_handle",
            "a_run_that_is_left_ends_with_its_server",
        ),
    ),
    Requirement(
        "SDK-C4",
        "sdk contract 19 C4",
        "What earlier tasks left is read in memory by the same activities.",
        of(f"{SDK}/test_workflow_task.py", "a_run_reads_its_baseline_through_activities"),
    ),
    Requirement(
        "SDK-C5",
        "sdk contract 19 C5",
        "Activities in memory get copies and a context of their own, as in production.",
        of(RUNS_OF_CONTRACT, IN_MEMORY),
    ),
    Requirement(
        "SDK-C6",
        "sdk contract 19 C6",
        "A run in memory goes on when its signal arrives, and time passes only while somebody waits.",
        of(f"{SDK}/test_workflow_local_run.py", "a_run_and_its_child_are_queried_and_signalled_by_handle")
        + of(f"{SDK}/test_testing_server.py", "time_passes_while_a_result_is_awaited_only"),
    ),
    Requirement(
        "SDK-C7",
        "sdk contract 19 C7",
        "Timeouts and bounded retries count in memory; a run there has a run id.",
        of(RUNS_OF_CONTRACT, IN_MEMORY, "an_activity_without_a_policy_of_its_own_is_given_up_after_some_attempts"),
    ),
)

REQUIREMENTS = (*GATE_ENTRIES, *RUN_ENTRIES, *MEMORY_ENTRIES)
