"""Where the published SDK is to be surpassed: tenant data, extraction and checks, books and ledgers."""

from manifest.requirement import CAPABILITIES, SDK, Requirement, of

PLANE = f"{SDK}/test_data_plane.py"
INGEST = f"{SDK}/test_ingest_documents.py"
ROWS = f"{SDK}/test_subledger_rows.py"
HISTORY = f"{SDK}/test_subledger_history.py"
TASK = f"{SDK}/test_workflow_task.py"
EXTRACTION = f"{CAPABILITIES}/test_capability_ai_extraction.py"
ANSWERS = f"{CAPABILITIES}/test_capability_ai_answers.py"
PROVIDERS = f"{CAPABILITIES}/test_capability_ai_providers.py"
MODEL_CHECKS = f"{CAPABILITIES}/test_capability_checks_model.py"
EVALUATORS = f"{SDK}/test_checks_evaluators.py"
JOURNALS = f"{SDK}/test_accounting_journals.py"
PROPOSALS = f"{SDK}/test_subledger_proposals.py"
APIDECK = f"{SDK}/test_gl_apideck.py"

DATA_ENTRIES = (
    Requirement(
        "SDK-D1",
        "sdk contract 19 D1",
        "A slug that is not the worker's tenant opens no database.",
        of(PLANE, "a_slug_that_is_not_the_worker_s_tenant_is_refused"),
    ),
    Requirement(
        "SDK-D2",
        "sdk contract 19 D2",
        "Rows with JSON columns are read back; JSON may be given as text or as an object.",
        of(PLANE, "json_goes_in_as_text_or_object_and_comes_out_as_object")
        + of(
            ROWS,
            "a_journal_survives_the_database_with_its_json",
            "an_expense_that_needs_attention_is_kept_with_its_reasons",
        ),
    ),
    Requirement(
        "SDK-D3",
        "sdk contract 19 D3",
        "An outage is an error and never 'no document'; of several documents the newest counts.",
        of(
            TASK,
            "a_database_that_cannot_be_reached_is_an_error_and_not_none",
            "the_newest_document_of_the_task_or_its_children_is_found",
        ),
    ),
    Requirement(
        "SDK-D4",
        "sdk contract 19 D4",
        "A handle changes the rows of its own task alone.",
        of(ROWS, "another_task_of_the_entity_sees_and_changes_nothing"),
    ),
    Requirement(
        "SDK-D5",
        "sdk contract 19 D5",
        "A retried activity stores no document, extraction, record or row twice.",
        of(INGEST, "a_retried_activity_stores_nothing_twice")
        + of(ROWS, "a_retried_activity_leaves_each_row_once", "inserting_a_row_again_changes_nothing")
        + of(
            PLANE,
            "a_retry_of_an_activity_computes_its_ids_again",
            "ids_do_not_depend_on_the_order_in_which_different_rows_are_written",
            "another_workflow_gets_other_ids",
            "outside_an_activity_ids_are_random",
        ),
    ),
    Requirement(
        "SDK-D6",
        "sdk contract 19 D6",
        "Several statements are one transaction, or none of them happened.",
        of(PLANE, "a_transaction_that_raises_leaves_nothing_behind")
        + of(HISTORY, "a_change_that_is_rolled_back_leaves_no_history"),
    ),
    Requirement(
        "SDK-D7",
        "sdk contract 19 D7",
        "Times are aware and UTC wherever the worker stands.",
        of(PLANE, "a_time_without_a_zone_is_utc_wherever_the_worker_stands")
        + of(ROWS, "times_of_a_row_are_aware", "a_journal_survives_the_database_with_its_json"),
    ),
    Requirement(
        "SDK-D8",
        "sdk contract 19 D8",
        "Each event loop has a pool of its own, opened once, closed, with statements that end.",
        of(
            PLANE,
            "each_event_loop_has_its_own_pool",
            "asking_at_once_opens_one_pool_and_closing_lets_a_new_one_open",
            "statements_are_ended_by_the_server_too",
        ),
    ),
    Requirement(
        "SDK-D9",
        "sdk contract 19 D9",
        "Approving sets its time; fields are corrected with their types and kept in the history; dates may be text.",
        of(
            ROWS,
            "rows_move_only_as_their_life_cycle_allows",
            "fields_of_an_undecided_row_are_corrected_and_coerced",
        )
        + of(PLANE, "dates_and_times_may_be_given_as_text", "a_time_given_for_a_date_is_its_day")
        + of(HISTORY, "the_history_of_a_row_says_who_changed_what"),
    ),
    Requirement(
        "SDK-D10",
        "sdk contract 19 D10",
        "Documents come without their bytes, with their hash, up to a size; prefixes are literal.",
        of(
            INGEST,
            "a_document_is_stored_with_its_hash_and_returned_without_its_bytes",
            "an_empty_or_too_large_document_is_refused",
            "the_latest_document_and_lists_are_narrowed_and_prefixes_are_literal",
        ),
    ),
    Requirement(
        "SDK-D11",
        "sdk contract 19 D11",
        "Extractions store decimals and dates.",
        of(INGEST, "an_extraction_keeps_decimals_and_dates_as_text"),
    ),
    Requirement(
        "SDK-D12",
        "sdk contract 19 D12",
        "A record without an id gets one.",
        of(INGEST, "outside_an_activity_each_extraction_and_record_is_new"),
    ),
    Requirement(
        "SDK-D13",
        "sdk contract 19 D13",
        "JSON columns are told by their types, names are checked when a type is registered.",
        of(
            ROWS,
            "json_columns_are_found_by_type_and_not_by_name",
            "a_name_belongs_to_one_class_and_a_reload_replaces_it",
        ),
    ),
    Requirement(
        "SDK-D14",
        "sdk contract 19 D14",
        "Ids may be text wherever they may be UUIDs.",
        of(ROWS, "rows_move_only_as_their_life_cycle_allows"),
    ),
    Requirement(
        "SDK-D15",
        "sdk contract 19 D15",
        "Changes of rows are kept in an append-only history.",
        of(
            HISTORY,
            "the_history_of_a_row_says_who_changed_what",
            "the_history_cannot_be_changed_removed_or_invented",
            "a_change_by_plain_sql_is_kept_under_the_user_of_the_database",
        ),
    ),
    Requirement(
        "SDK-D16",
        "sdk contract 19 D16",
        "Documents carry the entity's id beside its slug.",
        of(INGEST, "a_document_is_stored_with_its_hash_and_returned_without_its_bytes"),
    ),
)

READING_ENTRIES = (
    Requirement(
        "SDK-E1",
        "sdk contract 19 E1",
        "An answer that is cut off or cannot be read is an error, asked for again, and never kept.",
        of(
            EXTRACTION,
            "a_failed_answer_is_an_error_and_never_kept",
            "an_answer_is_asked_for_again_in_three_attempts_and_no_more",
        )
        + of(ANSWERS, "a_cut_off_answer_is_never_read")
        + of(PROVIDERS, "an_answer_that_was_cut_off_is_an_error"),
    ),
    Requirement(
        "SDK-E2",
        "sdk contract 19 E2",
        "Money written with symbols, separators or parentheses is read exactly or refused, never nought.",
        of(
            f"{SDK}/test_money_amounts.py",
            "amounts_are_read_as_written",
            "what_is_no_single_amount_is_refused",
            "every_grouping_gives_the_amount_back",
        )
        + of(
            JOURNALS,
            "rent_is_allocated_with_itemised_deductions_taken_once",
            "nothing_to_post_and_unreadable_amounts_are_refused",
        ),
    ),
    Requirement(
        "SDK-E3",
        "sdk contract 19 E3",
        "A journal without lines or with amounts that cannot be read fails its checks.",
        of(
            EVALUATORS,
            "a_journal_passes_only_where_its_lines_balance",
            "the_closing_trial_balance_is_checked_against_an_opening_one",
        ),
    ),
    Requirement(
        "SDK-E4",
        "sdk contract 19 E4",
        "Another model, provider or prompt is another question; a kept answer is passed by or grows old.",
        of(
            EXTRACTION,
            "whatever_an_answer_depends_on_makes_another_question",
            "an_earlier_answer_can_be_passed_by_and_grows_old",
        )
        + of(MODEL_CHECKS, "the_same_check_of_the_same_values_is_asked_once_per_provider_and_model"),
    ),
    Requirement(
        "SDK-E5",
        "sdk contract 19 E5",
        "A value outside its set is not kept.",
        of(EXTRACTION, "values_outside_their_set_are_not_kept")
        + of(ANSWERS, "a_value_outside_its_set_is_taken_out_and_shown", "nothing_outside_its_set_is_ever_kept"),
    ),
    Requirement(
        "SDK-E6",
        "sdk contract 19 E6",
        "Values stand where a check's prompt names them, an empty baseline is none, types are checked by code.",
        of(MODEL_CHECKS, "values_stand_where_the_prompt_names_them_else_below", "an_empty_baseline_is_none")
        + of(EVALUATORS, "a_check_of_types_says_what_does_not_fit"),
    ),
    Requirement(
        "SDK-E7",
        "sdk contract 19 E7",
        "Evaluators are registered; the bank's account is that of the entity's map.",
        of(
            EVALUATORS,
            "code_that_is_missing_or_raises_is_a_failed_check",
            "the_bank_account_of_the_gl_map_explains_the_statement",
        )
        + of(
            f"{SDK}/test_checks_gates.py", "checks_are_answered_in_order_while_the_gate_is_open_and_kept_in_snapshots"
        ),
    ),
    Requirement(
        "SDK-E8",
        "sdk contract 19 E8",
        "A document stands between marks that it cannot hold, and the answer is held to its schema.",
        of(EXTRACTION, "the_document_stands_between_marks_that_it_cannot_hold")
        + of(ANSWERS, "an_answer_of_another_shape_is_refused"),
    ),
    Requirement(
        "SDK-E9",
        "sdk contract 19 E9",
        "Each provider has a default model of its own, or says that one has to be named.",
        of(PROVIDERS, "models_are_chosen_by_slot_then_default_then_provider"),
    ),
    Requirement(
        "SDK-E10",
        "sdk contract 19 E10",
        "Connections are kept, busy providers asked again within bounds, and a long answer beats.",
        of(
            PROVIDERS,
            "a_provider_keeps_its_connections",
            "a_busy_provider_is_asked_again",
            "a_provider_that_stays_busy_is_given_up_after_four_requests",
            "a_call_ends_when_its_time_is_up",
        )
        + of(EXTRACTION, "an_activity_beats_while_an_answer_is_written_and_takes_no_longer_than_it_may"),
    ),
    Requirement(
        "SDK-E11",
        "sdk contract 19 E11",
        "Every extracted row has an id by which it is corrected.",
        of(ANSWERS, "every_row_gets_an_id_that_is_its_own", "ids_of_rows_never_meet")
        + of(EXTRACTION, "fields_and_rows_are_exact_and_rows_can_be_corrected"),
    ),
    Requirement(
        "SDK-E12",
        "sdk contract 19 E12",
        "An extraction keeps its provider, model, prompt and raw answer, streamed or not.",
        of(EXTRACTION, "the_provenance_of_an_extraction_is_kept_streamed_or_not"),
    ),
)

BOOK_ENTRIES = (
    Requirement(
        "SDK-F1",
        "sdk contract 19 F1",
        "A mortgage is split as its agreement says, wherever it says it; without a split none is invented.",
        of(
            JOURNALS,
            "a_mortgage_is_split_as_its_agreement_says_wherever_it_says_it",
            "a_mortgage_without_a_split_is_noted_and_not_invented",
        ),
    ),
    Requirement(
        "SDK-F2",
        "sdk contract 19 F2",
        "What is posted carries its key where it is found again, on whatever page; a repetition posts nothing.",
        of(
            APIDECK,
            "a_bill_is_posted_with_exact_numbers_and_its_key_where_people_see_it",
            "the_same_key_posts_once_and_asks_the_ledger_no_more",
            "an_answer_that_was_lost_is_found_on_whatever_page_it_is",
            "two_attempts_at_once_post_once",
            "a_claim_of_a_worker_that_died_runs_out",
        ),
    ),
    Requirement(
        "SDK-F3",
        "sdk contract 19 F3",
        "Deductions count once, and rates are those that the entity's configuration gives.",
        of(
            JOURNALS,
            "rent_is_allocated_with_itemised_deductions_taken_once",
            "a_declared_total_is_the_fee_less_the_repairs_that_are_itemised",
            "declared_deductions_that_contradict_their_items_are_refused",
            "fee_and_provision_are_accrued_at_given_rates_only",
        ),
    ),
    Requirement(
        "SDK-F4",
        "sdk contract 19 F4",
        "Money stays exact up to the ledger; a category is posted through its mapped account only.",
        of(
            PROPOSALS,
            "an_approved_expense_is_one_bill_with_exact_amounts",
            "a_category_is_mapped_to_its_account",
            "an_expense_that_cannot_be_posted_right_is_refused",
        )
        + of(APIDECK, "every_amount_travels_in_its_own_digits"),
    ),
    Requirement(
        "SDK-F5",
        "sdk contract 19 F5",
        "Merged journals keep tax codes, share a currency, and their key is of all their rows.",
        of(
            PROPOSALS,
            "approved_journals_are_one_entry_that_keeps_tax_codes",
            "journals_that_do_not_belong_together_are_refused",
            "the_key_of_an_entry_is_of_all_its_rows",
        ),
    ),
    Requirement(
        "SDK-F6",
        "sdk contract 19 F6",
        "Corrections of journal lines are coerced and checked; a line has one side above zero.",
        of(
            JOURNALS,
            "corrections_are_coerced_and_applied_together",
            "corrections_that_do_not_fit_are_refused",
            "a_journal_line_has_an_exact_amount_on_exactly_one_side",
        ),
    ),
    Requirement(
        "SDK-F7",
        "sdk contract 19 F7",
        "The mortgage is found among transactions, also where a side is null.",
        of(
            JOURNALS,
            "a_mortgage_is_split_as_its_agreement_says_wherever_it_says_it",
            "a_mortgage_that_the_bank_did_not_pay_is_noted_and_not_posted",
        ),
    ),
    Requirement(
        "SDK-F8",
        "sdk contract 19 F8",
        "A ledger that was connected anew is used anew.",
        of(f"{SDK}/test_gl_registry.py", "a_provider_is_kept_until_its_connection_changes"),
    ),
    Requirement(
        "SDK-F9",
        "sdk contract 19 F9",
        "After an answer that was lost the ledger is asked before anything is posted again.",
        of(
            APIDECK,
            "an_answer_that_was_lost_is_found_on_whatever_page_it_is",
            "a_retry_after_a_lost_answer_finds_what_was_posted",
        ),
    ),
    Requirement(
        "SDK-F10",
        "sdk contract 19 F10",
        "Accounting needs no ledger client and warns of nothing.",
        of(JOURNALS, "accounting_loads_neither_ledger_clients_nor_drivers_and_warns_of_nothing")
        + of(
            f"{SDK}/test_contract_surface.py",
            "what_runbooks_import_loads_neither_engine_driver_nor_ledger",
        ),
    ),
)

REQUIREMENTS = (*DATA_ENTRIES, *READING_ENTRIES, *BOOK_ENTRIES)
