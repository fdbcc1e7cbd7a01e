"""Models of language: extraction, providers, traces, and checks by code and by model."""

from manifest.requirement import CAPABILITIES, SDK, Requirement, of

EXTRACTION = f"{CAPABILITIES}/test_capability_ai_extraction.py"
ANSWERS = f"{CAPABILITIES}/test_capability_ai_answers.py"
PROVIDERS = f"{CAPABILITIES}/test_capability_ai_providers.py"
TRACE = f"{CAPABILITIES}/test_capability_trace.py"
MODEL_CHECKS = f"{CAPABILITIES}/test_capability_checks_model.py"
EVALUATORS = f"{SDK}/test_checks_evaluators.py"

REQUIREMENTS = (
    Requirement(
        "AI-1",
        "sdk contract 9.2: extract",
        "An extraction has fields, rows, confidences with their average, a summary and its raw answer.",
        of(EXTRACTION, "fields_and_rows_are_exact_and_rows_can_be_corrected")
        + of(ANSWERS, "parts_that_are_left_out_or_null_are_empty"),
    ),
    Requirement(
        "AI-2",
        "sdk contract 9.2: extract",
        "The object of an answer is found alone, fenced or among words; what cannot be read is refused.",
        of(
            ANSWERS,
            "an_object_is_found_alone_fenced_or_among_words",
            "any_text_is_read_or_refused",
            "what_is_no_single_value_is_refused",
            "a_number_with_a_point_stays_the_text_that_was_written",
            "confidences_are_numbers_from_nought_to_one_or_none_at_all",
        ),
    ),
    Requirement(
        "AI-3",
        "sdk contract 9.2: field_enums",
        "Values of a set are named by slug or value, reach into rows, and are held to their set.",
        of(
            ANSWERS,
            "sets_reach_into_rows_lists_and_objects",
            "a_value_that_is_only_spelled_otherwise_is_put_right_and_shown",
            "a_set_without_values_is_refused",
        ),
    ),
    Requirement(
        "AI-4",
        "sdk contract 9.2: cache",
        "The same question is asked once per tenant; a cache that fails is done without.",
        of(EXTRACTION, "the_same_question_is_asked_once", "a_cache_that_fails_is_done_without"),
    ),
    Requirement(
        "AI-5",
        "sdk contract 9.2: trace",
        "An answer is shown while it is written: begun, its fragments, and its end in any case.",
        of(EXTRACTION, "an_answer_is_shown_while_it_is_written_and_the_end_in_any_case"),
    ),
    Requirement(
        "AI-6",
        "sdk contract 9.2: use_config",
        "A provider is chosen by section, input or model, cleared by nothing, and stays in its activity.",
        of(PROVIDERS, "a_choice_holds_until_it_is_taken_back")
        + of(EXTRACTION, "a_choice_of_provider_stays_in_its_activity"),
    ),
    Requirement(
        "AI-7",
        "sdk contract 9.2: providers",
        "Providers answer whole and in fragments over their own protocols, at their own address with their own key.",
        of(
            PROVIDERS,
            "a_message_is_answered_with_its_text_usage_and_reason",
            "a_completion_is_answered_with_its_text_usage_and_reason",
            "fragments_are_shown_as_they_come_and_make_the_same_answer",
            "each_provider_is_asked_at_its_own_address_with_its_own_key",
            "answers_are_frozen",
        ),
    ),
    Requirement(
        "AI-8",
        "sdk contract 9.2: providers",
        "A provider that lacks its settings or cannot be reached from here says so.",
        of(
            PROVIDERS,
            "a_provider_without_its_settings_is_not_built",
            "a_provider_that_cannot_be_reached_from_here_says_so",
        ),
    ),
    Requirement(
        "AI-9",
        "sdk contract 9.2: limits",
        "What cannot be asked is refused before it is paid for.",
        of(EXTRACTION, "input_that_cannot_be_asked_is_refused_before_it_is_paid_for"),
    ),
    Requirement(
        "TRACE-1",
        "sdk contract 9.3",
        "A trace is a start, pieces of text and an end, numbered, with activity and label, under the worker's key.",
        of(TRACE, "a_trace_is_a_start_few_pieces_of_text_and_an_end"),
    ),
    Requirement(
        "TRACE-2",
        "sdk contract 9.3",
        "The sink is the one that is given, else the current one; a receiver that fails disturbs nobody.",
        of(
            TRACE,
            "the_sink_is_the_given_one_else_the_current_one",
            "a_receiver_that_refuses_does_not_disturb_the_writer",
            "a_receiver_that_is_not_there_does_not_disturb_the_writer",
            "a_receiver_that_hangs_is_not_waited_for",
        ),
    ),
    Requirement(
        "CHECK-1",
        "sdk contract 9.4: worst_of",
        "The worst of the checks that were done counts; none done is skipped.",
        of(EVALUATORS, "the_worst_of_the_checks_that_were_done_counts"),
    ),
    Requirement(
        "CHECK-2",
        "sdk contract 9.4: summary",
        "A result counts what came out, leaving out what did not, and says why nothing was checked.",
        of(EVALUATORS, "the_result_counts_what_came_out_and_says_why_nothing_was_checked"),
    ),
    Requirement(
        "CHECK-3",
        "sdk contract 9.4: run_quality_check",
        "A check that needs a baseline is skipped without one; one that nobody can be asked says why.",
        of(EVALUATORS, "what_cannot_be_asked_is_skipped_with_its_reason", "every_worker_has_the_activity")
        + of(MODEL_CHECKS, "a_check_that_nobody_can_be_asked_is_skipped_with_the_reason"),
    ),
    Requirement(
        "CHECK-4",
        "sdk contract 9.4: evaluators",
        "Journal, closing trial balance, bank and rent roll are checked by code, with their figures as data.",
        of(
            EVALUATORS,
            "a_journal_is_told_balanced_exactly_where_both_sides_are_equal",
            "the_closing_trial_balance_is_checked_against_an_opening_one",
            "the_bank_account_of_the_gl_map_explains_the_statement",
            "rent_at_the_bank_and_arrears_account_for_the_rent_roll",
        ),
    ),
    Requirement(
        "CHECK-5",
        "sdk contract 9.4: model",
        "A model's judgement is the outcome with its confidence; an answer that is none fails and is not kept.",
        of(
            MODEL_CHECKS,
            "a_models_judgement_is_the_outcome_with_its_own_confidence",
            "an_answer_that_is_no_judgement_fails_the_check_and_is_not_kept",
            "a_provider_that_does_not_answer_fails_the_check_and_nothing_is_kept",
        ),
    ),
)
