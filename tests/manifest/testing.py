"""Validation of runbooks, the test harness, scaffolding."""

from manifest.requirement import CLI, SDK, Requirement, of

VALIDATION = f"{SDK}/test_runbook_validation.py"
HARNESS = f"{SDK}/test_testing_harness.py"
GATES = f"{SDK}/test_testing_gates.py"
SCENARIOS = f"{CLI}/test_cli_scenarios.py"

REQUIREMENTS = (
    Requirement(
        "TEST-1",
        "sdk contract 10",
        "A runbook is valid or each thing that is wrong has its published code, file and line; it never raises.",
        of(
            VALIDATION,
            "what_is_wrong_has_its_code",
            "a_folder_that_is_none_is_named",
            "an_issue_names_file_and_line",
            "every_documented_code_has_a_test",
            "whatever_the_files_hold_the_answer_is_a_report",
            "our_runbooks_are_clean",
        ),
    ),
    Requirement(
        "TEST-2",
        "system: workflow code is deterministic",
        "Code that replay would not repeat is found before it is deployed; what activities do is left alone.",
        of(
            VALIDATION,
            "workflow_code_that_replay_would_not_repeat_is_found_and_activities_may_do_it",
            "what_replay_repeats_is_left_alone",
            "clocks_in_models_are_a_warning_because_activities_may_make_them",
            "imports_are_those_that_a_runbook_may_have",
        ),
    ),
    Requirement(
        "TEST-3",
        "sdk contract 11: scenarios",
        "`happy` and `reject_all` are built in; a scenario answers by step, with corrections and fields of documents.",
        of(GATES, "the_built_in_scenarios_are_named", "data_is_handed_in_as_a_cell_sends_it")
        + of(
            HARNESS,
            "a_gate_that_the_scenario_ignores_runs_into_its_timeout",
            "a_given_activity_replaces_the_mock_and_its_input_error_is_not_retried",
            "a_failing_child_is_shown_as_failed_and_the_others_still_end",
        )
        + (f"{SDK}/test_testing_corrections.py",),
    ),
    Requirement(
        "TEST-4",
        "sdk contract 11: WorkflowHarness",
        "The harness runs a workflow with its children in memory through its gates, activities mocked unless given.",
        (HARNESS, GATES),
    ),
    Requirement(
        "TEST-5",
        "sdk contract 11: RunResult",
        "A result says scenario, status, outcome, cause and failing step, and what was done at each gate.",
        of(
            HARNESS,
            "a_runbook_goes_through_all_gates_with_mocks_and_an_example_input",
            "a_report_is_one_document",
        ),
    ),
    Requirement(
        "TEST-6",
        "sdk contract 11: auto_mock",
        "An example is what its annotation accepts; what has none is named.",
        (f"{SDK}/test_testing_auto_mock.py",),
    ),
    Requirement(
        "TEST-7",
        "sdk contract 11: load_runbook",
        "A runbook and those it dispatches are loaded from their folders, the slug from the folder's name.",
        of(
            HARNESS,
            "a_runbook_goes_through_all_gates_with_mocks_and_an_example_input",
            "children_are_driven_and_time_is_skipped_between_gates",
        ),
    ),
    Requirement(
        "TEST-8",
        "sdk contract 11: report",
        "Results are told to people and as one JSON document.",
        of(HARNESS, "a_report_is_one_document") + of(SCENARIOS, "the_report_is_a_paragraph_for_each_scenario"),
    ),
    Requirement(
        "TEST-9",
        "system: a harness of less than a second",
        "One server serves a process, starts beside the engine's loading, skips time and ends with its block.",
        (f"{SDK}/test_testing_server.py", SCENARIOS),
    ),
    Requirement(
        "TEST-10",
        "system: a harness of less than a second",
        "Runbooks bring tests of their own: a pytest plug-in gives them their runbook and shows failing runs.",
        (f"{SDK}/test_testing_plugin.py",),
    ),
    Requirement(
        "TEST-11",
        "seed: how-it-works",
        "A runbook that passes is made of a slug, a description or a definition, and nothing is written over.",
        (f"{SDK}/test_runbook_scaffold.py", f"{CLI}/test_cli_runbook_new.py"),
    ),
    Requirement(
        "TEST-12",
        "seed: building-workflows",
        "What is sent of a runbook, and which workflows would follow it, is known before it is sent.",
        (f"{SDK}/test_runbook_deployable.py",),
    ),
)
