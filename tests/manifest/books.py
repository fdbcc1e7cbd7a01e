"""Accounting and general ledgers."""

from manifest.requirement import SDK, Requirement, of

JOURNALS = f"{SDK}/test_accounting_journals.py"
CLOSE = f"{SDK}/test_accounting_close.py"
GL = f"{SDK}/test_gl_registry.py"
APIDECK = f"{SDK}/test_gl_apideck.py"

REQUIREMENTS = (
    Requirement(
        "BOOKS-1",
        "sdk contract 8: models",
        "Accounts are found by code, months told from quarters, tax codes those that were published.",
        of(f"{SDK}/test_contract_values.py", "the_chart_of_accounts_answers_by_code")
        + of(JOURNALS, "months_are_told_from_quarters", "a_payload_may_be_a_model_and_a_period_shows_as_its_label"),
    ),
    Requirement(
        "BOOKS-2",
        "sdk contract 8: models",
        "A journal line has an exact amount on one side; a proposal adds up, is corrected as a whole, and is CSV.",
        of(
            JOURNALS,
            "a_journal_line_has_an_exact_amount_on_exactly_one_side",
            "a_proposal_survives_json_with_its_decimals",
            "corrections_are_coerced_and_applied_together",
            "corrections_that_do_not_fit_are_refused",
            "no_corrections_ever_give_an_unbalanced_journal",
            "csv_runs_no_formula",
        ),
    ),
    Requirement(
        "BOOKS-3",
        "sdk contract 8: validation",
        "Each rule names itself; a broken one raises with its reference.",
        of(
            JOURNALS,
            "rules_name_themselves",
            "an_empty_trial_balance_and_an_empty_journal_do_not_balance",
            "a_journal_that_does_not_balance_or_books_of_another_period_break_a_rule",
        ),
    ),
    Requirement(
        "BOOKS-4",
        "sdk contract 8: proposal",
        "Rent is allocated from the rent roll and the bank, deductions once, accruals at given rates, the mortgage as "
        "agreed; nothing to post is an error.",
        of(
            JOURNALS,
            "rent_is_allocated_with_itemised_deductions_taken_once",
            "rent_received_comes_from_the_bank_before_the_rent_roll",
            "a_declared_total_is_the_fee_less_the_repairs_that_are_itemised",
            "fee_and_provision_are_accrued_at_given_rates_only",
            "rates_are_taken_of_the_rent_in_the_rows_where_no_total_is_given",
            "a_mortgage_is_split_as_its_agreement_says_wherever_it_says_it",
            "nothing_to_post_and_unreadable_amounts_are_refused",
        ),
    ),
    Requirement(
        "BOOKS-5",
        "sdk contract 9.11: reports",
        "A trial balance is read from an extraction exactly or refused, in the shapes that documents have.",
        of(
            JOURNALS,
            "a_trial_balance_is_read_exactly_or_refused",
            "rows_that_state_no_amount_are_refused",
            "a_credit_amount_stands_on_the_credit_side",
        ),
    ),
    Requirement(
        "BOOKS-6",
        "system: the close",
        "A month of a property SPV closes to the known NAV; every line names its document; what nothing explains is in "
        "suspense and a failed check.",
        (CLOSE, f"{SDK}/test_accounting_month.py"),
    ),
    Requirement(
        "BOOKS-7",
        "sdk contract 8; system: money",
        "Sums are exact, divisions rounded once by a named rule, floats refused everywhere.",
        of(
            JOURNALS,
            "what_is_no_exact_amount_is_refused",
            "division_rounds_once_as_whole_numbers_say",
            "nothing_is_divided_by_zero",
        )
        + of(CLOSE, "the_fee_is_rounded_once_as_whole_cents_say"),
    ),
    Requirement(
        "GL-1",
        "sdk contract 9.11",
        "A ledger is reached by its provider's name, with every kind of item; one that is not connected or not known "
        "is named, and its errors say whether trying again may help.",
        (GL, *of(f"{SDK}/test_contract_values.py", "only_an_outage_of_a_ledger_is_worth_another_try")),
    ),
    Requirement(
        "GL-2",
        "sdk contract 9.11",
        "The tenant's own ledger posts journals, bills, invoices and expenses once, balanced, and reads them back.",
        (f"{SDK}/test_gl_internal.py",),
    ),
    Requirement(
        "GL-4",
        "sdk contract 9.11: Apideck provider",
        "Items are posted through Apideck with exact numbers, once, and errors are told by what can be done.",
        (APIDECK, f"{SDK}/test_gl_content.py"),
    ),
    Requirement(
        "GL-6",
        "sdk contract 9.11: errors",
        "A ledger's answer is told by what can be done: refused, not connected, a conflict, or worth another try.",
        of(
            APIDECK,
            "errors_are_told_by_what_can_be_done_about_them",
            "a_limit_on_calls_is_waited_out_when_it_is_short",
            "a_ledger_that_is_not_there_is_transient",
        ),
    ),
    Requirement(
        "GL-7",
        "sdk contract 9.11: resources",
        "Items are listed with filters to the last page, read and changed; there is no trial balance through Apideck.",
        of(
            APIDECK,
            "lists_are_read_to_their_end_and_no_further_than_the_limit",
            "single_items_are_read_and_changed",
            "there_is_no_trial_balance_here",
        ),
    ),
    Requirement(
        "GL-8",
        "sdk contract 9.11: ResourceClient",
        "The same external id posts once; with other content it is a conflict.",
        of(
            APIDECK,
            "the_same_key_posts_once_and_asks_the_ledger_no_more",
            "the_same_key_with_other_content_is_a_conflict",
        )
        + of(
            f"{SDK}/test_gl_internal.py",
            "the_same_key_for_another_journal_is_a_conflict_and_a_journal_is_final",
        ),
    ),
    Requirement(
        "GL-9",
        "sdk contract 9.11: for_entity",
        "A provider is kept for its entity until its connection changes; the last one registered counts.",
        of(
            GL,
            "a_provider_is_kept_until_its_connection_changes",
            "a_provider_that_is_registered_again_is_made_again",
        ),
    ),
    Requirement(
        "GL-5",
        "system: secrets",
        "Secrets in a ledger's configuration are opened for its provider alone, in the cell they were sealed for.",
        (
            *of(GL, "a_sealed_secret_is_opened_for_the_provider_alone"),
            f"{SDK}/test_capability_sealed.py",
        ),
    ),
)
