"""`ntro.capabilities`, reading documents and writing reports."""

from manifest.requirement import CAPABILITIES, SDK, WHOLE, Requirement, of

MODULES = f"{CAPABILITIES}/test_capability_modules.py"
EXCEL = f"{CAPABILITIES}/test_capability_excel.py"
EMAIL = f"{CAPABILITIES}/test_capability_email.py"
STORAGE = f"{CAPABILITIES}/test_capability_storage.py"

REQUIREMENTS = (
    Requirement(
        "CAP-1",
        "sdk contract 9",
        "Each capability is an attribute and a module, loads when it is named, and brings nothing heavy before.",
        (MODULES,),
    ),
    Requirement(
        "CAP-2",
        "sdk contract 9.1",
        "The worker's settings come from the session mount or the environment, in the published order, else are the "
        "published ones.",
        of(f"{SDK}/test_data_config.py")
        + of(f"{SDK}/test_contract_values.py", "a_worker_that_is_told_nothing_has_the_published_settings")
        + of(MODULES, "every_setting_of_the_worker_has_its_variable", "credentials_of_the_session_mount_win"),
    ),
    Requirement(
        "CAP-6",
        "sdk contract 9.5",
        "PDF and workbooks are parsed to cells, text and metadata; other formats are refused.",
        (f"{CAPABILITIES}/test_capability_files.py",),
    ),
    Requirement(
        "CAP-7",
        "sdk contract 9.6",
        "Headers are the keys as titles, below a title in the first row; numbers are numbers, no rows make a book too.",
        of(
            EXCEL,
            "headers_are_titles_and_amounts_are_numbers",
            "a_title_stands_in_the_first_row_and_headers_in_the_third",
            "no_rows_make_a_book_too",
        ),
    ),
    Requirement(
        "CAP-8",
        "sdk contract 9.6",
        "The named templates are laid out: trial balance and journals with totals, reconciliation, investor report.",
        of(
            EXCEL,
            "a_trial_balance_has_totals_that_add_up",
            "a_journals_lines_stand_together_with_their_totals",
            "a_reconciliation_shows_what_differs",
            "an_investor_report_shows_shares_and_is_laid_out_for_print",
            "totals_are_exact",
        ),
    ),
    Requirement(
        "CAP-9",
        "sdk contract 9.6",
        "Whatever the rows hold, a book is made, whole and exact, or refused.",
        (EXCEL,),
    ),
    Requirement(
        "CAP-10",
        "sdk contract 9.7",
        "Mail is sent, with copies and a link to upload, and answers who got it and under which id.",
        of(
            EMAIL,
            "a_mail_is_sent_encrypted_with_a_message_id",
            "the_upload_link_is_in_html_too",
            "recipients_that_are_refused_are_named",
        ),
    ),
    Requirement(
        "CAP-11",
        "sdk contract 9.7",
        "A mail that nobody got is an error that says whether trying again may help; a repetition has the same id.",
        (EMAIL,),
    ),
    Requirement(
        "CAP-13",
        "sdk contract 9.8",
        "Notifications of the published types reach Workspace with tenant, entity, task, step and time.",
        of(
            f"{CAPABILITIES}/test_capability_notify.py",
            "a_notification_is_ids_a_type_and_a_time_sent_with_the_workers_key",
            "an_activity_notifies_of_its_own_task",
        ),
    ),
    Requirement(
        "CAP-14",
        "sdk contract 9.8",
        "A refusal is answered with its code, an outage raised, and free text sent nowhere.",
        (f"{CAPABILITIES}/test_capability_notify.py",),
    ),
    Requirement(
        "CAP-15",
        "sdk contract 9.9",
        "Tables are written, appended and read by name and period; one that was never written is empty.",
        of(
            STORAGE,
            "rows_are_kept_exactly_by_name_and_period",
            "rows_may_be_models_and_hold_what_has_a_text",
            "no_row_is_lost_when_many_append_at_the_same_time",
            "what_is_no_table_is_refused",
        ),
    ),
    Requirement(
        "CAP-16",
        "sdk contract 9.9",
        "Files are written and read by path, listed in order, below the folder of the tenant.",
        (STORAGE,),
    ),
    Requirement(
        "CAP-17",
        "sdk contract 9.10",
        "A company is its profile with present officers, its number padded; none found is an error of its own.",
        (f"{CAPABILITIES}/test_capability_bureaus.py",),
    ),
    Requirement(
        "CAP-12",
        "sdk contract 9",
        "Capabilities work inside a run's activities, with retries that end.",
        (f"{CAPABILITIES}/test_capability_in_a_run.py",),
    ),
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
        (
            f"{SDK}/test_reports_bytes.py",
            *of(f"{CAPABILITIES}/test_capability_excel.py", "the_same_rows_give_the_same_bytes"),
        ),
    ),
)
