"""`ntro.workflow`: names, steps, children, activities, queries, and what earlier tasks left."""

from manifest.requirement import CELL_API, PUBLISHED, SDK, Requirement, of

SURFACE = f"{SDK}/test_contract_surface.py"
VALUES = f"{SDK}/test_contract_values.py"
GATES = f"{SDK}/test_contract_gates.py"
RUNS_OF_CONTRACT = f"{SDK}/test_contract_runs.py"
IMPORTS = f"{SDK}/test_workflow_imports.py"
RUNS = f"{SDK}/test_workflow_runs.py"
TASK = f"{SDK}/test_workflow_task.py"
LOCAL = f"{SDK}/test_workflow_local_run.py"

REQUIREMENTS = (
    Requirement(
        "WF-1",
        "sdk contract 1, 2.1",
        "Every published name is imported from where it was published; another one is an AttributeError.",
        of(SURFACE, "every_published_name_is_imported_from_where_it_was")
        + of(IMPORTS, "every_public_name_resolves", "another_name_is_an_attribute_error"),
    ),
    Requirement(
        "WF-2",
        "sdk contract 2-11",
        "Every published call is accepted with the arguments that its callers write.",
        of(SURFACE, "every_published_call_is_accepted"),
    ),
    Requirement(
        "WF-3",
        "sdk contract 1",
        "Importing what runbooks import loads neither engine, HTTP client, driver nor ledger client.",
        of(IMPORTS, "importing_it_loads_no_engine_client_or_driver")
        + of(SURFACE, "what_runbooks_import_loads_neither_engine_driver_nor_ledger"),
    ),
    Requirement(
        "WF-4",
        "sdk contract 2.2; system: one engine",
        "There is one engine, whatever the environment says; choosing another is an error.",
        of(IMPORTS, "the_engine_is_the_same_whatever_the_environment_says"),
    ),
    Requirement(
        "WF-5",
        "sdk contract 2.3-2.4",
        "`runbook` and `activity` have the engine's decorators, bare and with a name, info, clock, logger, waiting, "
        "sleep, ids, random numbers, patches, heartbeats and going on as new.",
        of(
            RUNS,
            "activities_take_several_arguments_and_none",
            "run_local_runs_once_in_memory_and_returns_the_result",
            "a_run_that_goes_on_as_new_records_each_run",
            "steps_are_recorded_in_order_and_once_though_the_database_comes_and_goes",
        )
        + of(GATES, "feedback_appears_at_the_open_gate_and_in_its_payload")
        + of(RUNS_OF_CONTRACT, "activities_in_memory_have_copies_contexts_and_retries_of_their_own"),
    ),
    Requirement(
        "WF-6",
        "sdk contract 2.3",
        "Children are started and executed by class, by slug or by workflow type, with a handle to signal.",
        of(RUNS_OF_CONTRACT, "children_are_dispatched_by_class_and_by_slug"),
    ),
    Requirement(
        "WF-7",
        "sdk contract 2.3",
        "`wait_condition` takes seconds and timedeltas and expires as a TimeoutError.",
        of(GATES, "a_gate_expires_as_a_timeout_that_runbooks_catch"),
    ),
    Requirement(
        "WF-8",
        "sdk contract 2.5-2.6",
        "`run_local` runs once in memory and returns the result; with a handle a run and its children are signalled "
        "and queried.",
        of(RUNS, "run_local_runs_once_in_memory_and_returns_the_result") + of(LOCAL),
    ),
    Requirement(
        "WF-9",
        "sdk contract 2.7",
        "`UIComponent` has the published components and knows which of them ask somebody.",
        of(VALUES, "the_components_of_the_ui_and_which_of_them_ask_somebody"),
    ),
    Requirement(
        "WF-10",
        "sdk contract 2.7",
        "`ui_step` and `runbook.step` are the same: the method carries its mark, keeps its name, and its name is part "
        "of ids.",
        of(VALUES, "a_step_carries_its_mark_and_keeps_its_name", "a_step_needs_a_name_that_fits_into_ids"),
    ),
    Requirement(
        "WF-11",
        "sdk contract 2.7, 2.8",
        "A step is current while it runs, completed once it returned, failed where it raised; its result is its "
        "snapshot.",
        of(RUNS_OF_CONTRACT, "steps_are_active_while_they_run_and_failed_where_they_raise")
        + of(
            RUNS,
            "a_failed_run_names_the_step_and_the_cause",
            "steps_are_recorded_in_order_and_once_though_the_database_comes_and_goes",
        ),
    ),
    Requirement(
        "WF-12",
        "sdk contract 2.8: state",
        "A subclass that forgets `super().__init__()` has its state; the published private names are there.",
        of(VALUES, "a_run_has_the_published_state_though_its_class_forgot_to_set_it_up")
        + of(f"{SDK}/test_workflow_gates.py", "a_decision_answers_its_gate_and_no_later_one")
        + of(PUBLISHED, "rows_by_api_are_reviewed_edited_and_approved_without_a_ledger"),
    ),
    Requirement(
        "WF-13",
        "sdk contract 2.8: use_ai_config",
        "The provider that a runbook chose, as a section or with its tenant, is asked for checks; nothing clears it.",
        of(GATES, "checks_are_asked_of_the_provider_that_the_runbook_chose"),
    ),
    Requirement(
        "WF-14",
        "sdk contract 2.8: run_step",
        "`run_step` runs an activity or a coroutine function with several arguments, outside of the breadcrumb.",
        of(RUNS_OF_CONTRACT, "steps_are_active_while_they_run_and_failed_where_they_raise")
        + of(RUNS, "activities_take_several_arguments_and_none"),
    ),
    Requirement(
        "WF-15",
        "sdk contract 2.8: run_child_workflow, 13.1",
        "A child's id is the parent's, the step's and the slug's; its result is as the child declares, its failure "
        "the parent's, with the child's own cause.",
        of(
            RUNS,
            "children_have_ids_of_their_own_and_results_keep_the_order",
            "a_failed_child_fails_its_parent_with_the_childs_own_cause",
            "a_child_that_nobody_runs_is_named",
            "a_child_that_is_not_registered_runs_on_its_own_runbooks_queue",
        )
        + of(LOCAL, "a_run_and_its_child_are_queried_and_signalled_by_handle"),
    ),
    Requirement(
        "WF-16",
        "sdk contract 2.8: run_child_workflows",
        "Several children run at once, each under its own id, with results in the order of inputs; no input, no child.",
        of(RUNS, "children_have_ids_of_their_own_and_results_keep_the_order")
        + of(RUNS_OF_CONTRACT, "nothing_to_collect_is_nothing_and_what_does_not_fit_is_refused"),
    ),
    Requirement(
        "WF-17",
        "sdk contract 2.8: collect_documents",
        "Documents are collected at one gate: a slot each with its status and the run that takes it, results in order, "
        "a snapshot at the end.",
        of(
            RUNS_OF_CONTRACT,
            "documents_are_collected_at_one_gate_whose_slots_lead_to_their_runs",
            "nothing_to_collect_is_nothing_and_what_does_not_fit_is_refused",
        )
        + of(
            f"{SDK}/test_testing_harness.py",
            "children_are_driven_and_time_is_skipped_between_gates",
            "a_failing_child_is_shown_as_failed_and_the_others_still_end",
        ),
    ),
    Requirement(
        "WF-18",
        "sdk contract 2.8: queries",
        "Five queries answer: the gate or which children to look at, steps, the page's state, snapshots, children.",
        of(GATES, "gates_show_the_fields_of_the_contract_and_leave_snapshots")
        + of(RUNS_OF_CONTRACT, "documents_are_collected_at_one_gate_whose_slots_lead_to_their_runs")
        + of(LOCAL, "a_run_and_its_child_are_queried_and_signalled_by_handle")
        + of(f"{SDK}/test_workflow_gates.py", "both_decorator_styles_have_the_same_queries_signal_and_update"),
    ),
    Requirement(
        "WF-19",
        "sdk contract 2.8: current_steps",
        "Steps come in the order of the class body, those of base classes first, with an icon where there is one.",
        of(GATES, "gates_show_the_fields_of_the_contract_and_leave_snapshots")
        + of(RUNS, "steps_are_recorded_in_order_and_once_though_the_database_comes_and_goes"),
    ),
    Requirement(
        "WF-20",
        "sdk contract 2.8: snapshots",
        "A step's snapshot says what it showed, when it ended and what was decided; earlier visits are kept below.",
        of(GATES, "gates_show_the_fields_of_the_contract_and_leave_snapshots")
        + of(RUNS, "steps_are_recorded_in_order_and_once_though_the_database_comes_and_goes"),
    ),
    Requirement(
        "WF-21",
        "sdk contract 2.9",
        "`WorkflowError` fails the run under its type; `ActivityError` and `ApplicationError` are caught by name.",
        of(
            VALUES,
            "a_workflow_error_is_an_application_error_with_its_options",
        )
        + of(
            RUNS_OF_CONTRACT,
            "a_workflow_error_fails_the_run_under_its_type",
            "activities_in_memory_have_copies_contexts_and_retries_of_their_own",
        ),
    ),
    Requirement(
        "WF-22",
        "sdk contract 2.10",
        "The last class of a slug counts, slugs keep their order, an unknown one has none.",
        of(VALUES, "the_last_class_of_a_slug_counts_and_slugs_keep_their_order"),
    ),
    Requirement(
        "WF-23",
        "sdk contract 2.11",
        "The latest completed task before a period is found, by id or slug of the entity, with what it returned.",
        of(
            TASK,
            "the_latest_completed_task_before_a_period_is_found_by_entity_id_or_slug",
            "without_an_earlier_task_there_is_none",
            "a_run_reads_its_baseline_through_activities",
        )
        + of(VALUES, "of_an_earlier_output_the_fields_that_are_there_are_taken"),
    ),
    Requirement(
        "WF-24",
        "sdk contract 2.11",
        "The newest document that an earlier task or its children committed from a source is found.",
        of(TASK, "the_newest_document_of_the_task_or_its_children_is_found"),
    ),
    Requirement(
        "WF-25",
        "sdk contract 2.12, 12",
        "An agent outside the engine declares a plan, reports steps, asks for files and approvals, and goes on with "
        "the answer.",
        (
            f"{CELL_API}/test_cell_api_pushed_steps.py",
            f"{CELL_API}/test_cell_agents_push.py",
            f"{SDK}/test_workflow_steps.py",
            f"{SDK}/test_push_address.py",
        ),
    ),
    Requirement(
        "WF-26",
        "sdk contract 14.2",
        "An input that does not fit fails the run at once, each place named, nothing of what was given repeated.",
        (f"{SDK}/test_workflow_input.py",),
    ),
    Requirement(
        "WF-27",
        "sdk contract 14.1",
        "A bundle is loaded from its folder, afresh when it changed, beside other versions, or refused by name.",
        (f"{SDK}/test_workflow_bundle.py",),
    ),
    Requirement(
        "WF-28",
        "sdk contract 2.8; system: how we write code",
        "A runbook's author is told of every wrong call by a strict type checker.",
        (f"{SDK}/test_workflow_types.py",),
    ),
    Requirement(
        "WF-29",
        "system: everything external is recorded",
        "Stored histories of earlier runs, of every way a run can end, replay with today's code; a change is caught.",
        ("tests/replay/test_replay_histories.py",),
    ),
    Requirement(
        "WF-30",
        "system: runs are read from a projection",
        "Whatever runs, a class without our base too, is recorded in order and once, and goes on in another worker.",
        of(
            RUNS,
            "a_class_without_our_base_is_recorded_too",
            "a_recorded_history_replays",
            "a_run_goes_on_in_another_worker",
        ),
    ),
    Requirement(
        "WF-31",
        "sdk contract 13.3",
        "Long activities are watched by heartbeats of their worker, and keep what they report themselves.",
        (f"{SDK}/test_workflow_heartbeats.py",),
    ),
)
