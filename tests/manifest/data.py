"""Types, events, the tenant's database, ingest and subledgers."""

from manifest.requirement import CELL, SDK, Requirement, of

VALUES = f"{SDK}/test_contract_values.py"
TYPES = f"{SDK}/test_types_boundary.py"
PLANE = f"{SDK}/test_data_plane.py"
INGEST = f"{SDK}/test_ingest_documents.py"
ROWS = f"{SDK}/test_subledger_rows.py"

REQUIREMENTS = (
    Requirement(
        "DATA-1",
        "sdk contract 3.1",
        "A period is a calendar month, strictly; a currency code is three letters, raised to capitals.",
        of(
            TYPES,
            "a_period_is_a_calendar_month",
            "anything_else_is_no_period",
            "currency_codes_are_raised_to_capitals",
            "other_text_is_no_currency_code",
        ),
    ),
    Requirement(
        "DATA-2",
        "sdk contract 3.1",
        "A forgiving date reads what states a whole date, day first, never raises, and never guesses from today.",
        of(
            TYPES,
            "a_forgiving_date_takes_what_states_a_whole_date",
            "a_forgiving_date_never_raises",
            "a_forgiving_date_reads_every_iso_date",
            "a_strict_date_is_iso_only",
        ),
    ),
    Requirement(
        "DATA-3",
        "sdk contract 3; system: money",
        "Money is exact: amounts travel as text, floats are refused, sums are exact and rounding is named.",
        (f"{SDK}/test_money_amounts.py", TYPES),
    ),
    Requirement(
        "DATA-4",
        "sdk contract 3.2",
        "Wire models keep what newer senders add and refuse kinds and states that nobody published.",
        of(VALUES, "what_newer_senders_add_is_kept", "what_has_no_published_kind_is_refused"),
    ),
    Requirement(
        "DATA-5",
        "sdk contract 4",
        "An observable result of an activity is one event for whoever listens; in a cell, of its task's log.",
        (
            f"{SDK}/test_events_emission.py",
            *of(f"{SDK}/test_workflow_runs.py", "an_observable_result_is_emitted_once"),
            f"{CELL}/test_cell_engine_observed.py",
        ),
    ),
    Requirement(
        "DATA-6",
        "sdk contract 5",
        "Rows are dicts, `execute` answers the status tag, placeholders are PostgreSQL's, JSON comes back as objects.",
        of(
            PLANE,
            "rows_are_dicts_and_execute_returns_the_status_tag",
            "json_goes_in_as_text_or_object_and_comes_out_as_object",
            "numbers_with_a_point_are_read_from_json_exactly",
            "a_decimal_keeps_its_scale_and_every_digit",
            "dates_and_times_may_be_given_as_text",
        ),
    ),
    Requirement(
        "DATA-7",
        "sdk contract 5",
        "The plane belongs to one tenant, is opened once per event loop, closes, and says what it lacks.",
        of(
            PLANE,
            "a_slug_that_is_not_the_worker_s_tenant_is_refused",
            "without_a_configured_database_the_error_is_a_runtime_error",
            "without_the_driver_the_error_names_what_to_install",
            "asking_at_once_opens_one_pool_and_closing_lets_a_new_one_open",
            "each_event_loop_has_its_own_pool",
        ),
    ),
    Requirement(
        "DATA-8",
        "sdk contract 6.1",
        "Documents are stored with their hash and listed newest first without bytes; the same bytes are one document.",
        of(
            INGEST,
            "a_document_is_stored_with_its_hash_and_returned_without_its_bytes",
            "the_same_bytes_in_the_same_place_are_one_document",
            "an_empty_or_too_large_document_is_refused",
            "the_latest_document_and_lists_are_narrowed_and_prefixes_are_literal",
            "a_produced_file_is_a_document_of_its_output",
        ),
    ),
    Requirement(
        "DATA-9",
        "sdk contract 6.1",
        "Extractions keep payload, corrections and provenance, exactly.",
        of(INGEST, "an_extraction_keeps_decimals_and_dates_as_text"),
    ),
    Requirement(
        "DATA-10",
        "sdk contract 6.2",
        "Records are kept as first submitted, also without an id of their own.",
        of(
            INGEST,
            "a_record_of_a_given_id_is_kept_as_first_submitted",
            "outside_an_activity_each_extraction_and_record_is_new",
        ),
    ),
    Requirement(
        "DATA-11",
        "sdk contract 6.3",
        "An outcome follows from its counts; progress may be a dict; reasons need text.",
        of(
            INGEST,
            "an_outcome_follows_from_its_counts",
            "an_outcome_takes_progress_as_a_dict_and_reasons_need_text",
        ),
    ),
    Requirement(
        "DATA-12",
        "sdk contract 7.1-7.2",
        "Rows have the standard block and move only as their life cycle allows; a self-transition is illegal.",
        of(VALUES, "a_row_begins_with_the_standard_block_and_moves_as_published")
        + of(
            ROWS,
            "a_transition_is_legal_exactly_where_the_table_says",
            "rows_move_only_as_their_life_cycle_allows",
            "times_of_a_row_are_aware",
        ),
    ),
    Requirement(
        "DATA-13",
        "sdk contract 7.3",
        "A subledger's name belongs to one class and its runbook; a reload replaces it; the table follows from it.",
        of(ROWS, "a_name_belongs_to_one_class_and_a_reload_replaces_it"),
    ),
    Requirement(
        "DATA-14",
        "sdk contract 7.4",
        "A handle is opened without I/O, inserts, queries, edits and marks the rows of its entity and task alone.",
        (ROWS,),
    ),
    Requirement(
        "DATA-15",
        "sdk contract 7.5",
        "Expenses are complete unless they need attention; tables of expenses are read by the usual column names.",
        (
            f"{SDK}/test_subledger_expense_columns.py",
            *of(ROWS, "an_expense_is_complete_unless_it_needs_attention"),
        ),
    ),
    Requirement(
        "DATA-16",
        "sdk contract 7.5, 7.7, 7.8",
        "Approved rows propose bills and journals, exact, with one key for what is posted, or are refused.",
        (f"{SDK}/test_subledger_proposals.py",),
    ),
    Requirement(
        "DATA-17",
        "sdk contract 7.6",
        "What a person may change on a row, to which values, and when, is decided by pure rules.",
        (f"{SDK}/test_subledger_mutations.py",),
    ),
    Requirement(
        "DATA-18",
        "sdk contract 7.7",
        "Lines of a journal are postings on one side; what does not balance is not approved, what is cut not posted.",
        of(
            ROWS,
            "journal_lines_are_postings_unless_the_row_needs_attention",
            "an_unbalanced_journal_is_not_approved",
            "a_journal_survives_the_database_with_its_json",
            "a_proposal_becomes_a_row_with_its_lines_and_their_sources",
        )
        + of(f"{SDK}/test_subledger_posting.py"),
    ),
    Requirement(
        "DATA-19",
        "sdk contract 7.9",
        "Columns follow from the row class, by name and by type, and the table has them at its top too.",
        of(
            ROWS,
            "columns_follow_from_the_row_class",
            "columns_of_flags_and_sides_are_told_by_their_names",
        ),
    ),
    Requirement(
        "DATA-20",
        "system: every change of a row is kept",
        "A row's history says who changed what and when, and cannot be changed, removed or invented.",
        (f"{SDK}/test_subledger_history.py",),
    ),
    Requirement(
        "DATA-21",
        "sdk contract 7.3",
        "Rental statements are a subledger of their own, allocated to a journal that adds up.",
        (f"{SDK}/test_subledger_rental.py",),
    ),
    Requirement(
        "DATA-22",
        "system: money",
        "What a database value cannot hold exactly is refused; every number, date and time survives it.",
        of(
            PLANE,
            "what_is_no_number_is_refused",
            "every_decimal_is_encoded_as_itself",
            "every_date_survives",
            "every_time_survives",
            "a_decimal_in_json_survives_as_text",
            "json_refuses_what_has_no_spelling",
            "json_takes_enums_and_models",
        ),
    ),
)
