"""Gates: what is shown, which decision counts, what is kept; quality checks and sign-offs."""

from manifest.requirement import CAPABILITIES, SDK, WHOLE, Requirement, of

CONTRACT = f"{SDK}/test_contract_gates.py"
GATES = f"{SDK}/test_workflow_gates.py"
ACTION = f"{SDK}/test_workflow_user_action.py"
CHECKS = f"{SDK}/test_checks_gates.py"
SIGN_OFFS = f"{SDK}/test_workflow_sign_offs.py"
FIELDS = "gates_show_the_fields_of_the_contract_and_leave_snapshots"

REQUIREMENTS = (
    Requirement(
        "GATE-1",
        "sdk contract 2.8: wait_for_action",
        "A review shows its kind, hint, payload and tools field for field, with nulls inside the payload kept.",
        of(CONTRACT, FIELDS),
    ),
    Requirement(
        "GATE-2",
        "sdk contract 2.8: wait_for_action",
        "A decision comes back as a dict that also has `action`, `payload`, `corrections`, `actor` and `reason`.",
        (ACTION, *of(CONTRACT, FIELDS)),
    ),
    Requirement(
        "GATE-3",
        "sdk contract 2.8: await_signal_with_action",
        "A gate for a signal shows what is awaited and which run to signal; whatever else was said is kept.",
        of(CONTRACT, FIELDS) + of(f"{SDK}/test_seed_samples.py", "a_run_waits_for_a_signal_and_says_what_it_waits_for"),
    ),
    Requirement(
        "GATE-4",
        "sdk contract 2.8: await_signal_with_action",
        "A kind that nobody knows is refused before the gate opens.",
        of(CONTRACT, "a_gate_of_no_known_kind_is_refused"),
    ),
    Requirement(
        "GATE-5",
        "sdk contract 2.8: await_signal_with_action",
        "A gate expires as a TimeoutError that a runbook may catch; unhandled it fails the run and is recorded.",
        of(CONTRACT, "a_gate_expires_as_a_timeout_that_runbooks_catch")
        + of(GATES, "a_gate_that_nobody_answers_times_out_and_fails_the_run"),
    ),
    Requirement(
        "GATE-6",
        "sdk contract 2.8: wait_for_signal_predicate",
        "A run waits for a condition without opening a gate.",
        of(CONTRACT, "a_gate_expires_as_a_timeout_that_runbooks_catch"),
    ),
    Requirement(
        "GATE-7",
        "sdk contract 2.8: set_user_feedback",
        "Feedback is returned as it is shown: a model or mapping as it is, anything else under `value`, with a level.",
        of(
            CONTRACT,
            "what_a_runbook_gives_to_a_gate_is_not_written_to",
            "feedback_appears_at_the_open_gate_and_in_its_payload",
        ),
    ),
    Requirement(
        "GATE-8",
        "sdk contract 2.8: set_user_feedback",
        "Feedback is shown at the open gate and at gates of its step, said between steps at the next gate.",
        (f"{SDK}/test_workflow_feedback.py",),
    ),
    Requirement(
        "GATE-9",
        "sdk contract 2.8: on_row_action",
        "A row action changes what is shown, everywhere it is shown, and outdates decisions on what was shown before.",
        of(GATES, "a_row_action_changes_what_is_shown_and_outdates_earlier_decisions"),
    ),
    Requirement(
        "GATE-10",
        "sdk contract 2.8: signal",
        "Whatever is no decision is ignored and recorded, never taken for one.",
        of(CONTRACT, "what_comes_while_no_review_is_open_answers_no_later_review")
        + of(ACTION, "whatever_comes_is_read_or_refused_with_a_value_error"),
    ),
    Requirement(
        "GATE-11",
        "sdk contract 2.8: quality checks",
        "Checks run in order while the gate is open, each answer shown, and end in a worst-of with its counts.",
        of(CHECKS, "checks_are_answered_in_order_while_the_gate_is_open_and_kept_in_snapshots"),
    ),
    Requirement(
        "GATE-12",
        "sdk contract 2.8: quality checks",
        "Checks hold no gate up; those without an answer when it closes are skipped.",
        of(
            CHECKS,
            "a_decision_does_not_wait_for_checks_and_those_without_an_answer_are_skipped",
            "a_gate_that_expires_settles_its_checks",
            "a_gate_without_checks_shows_none",
        ),
    ),
    Requirement(
        "GATE-13",
        "system: a decision belongs to a gate and to what was seen",
        "Gates have ids, payload hashes and one decision, stamped with actor, time and reason; a repetition of it is "
        "answered the same, any other is refused.",
        of(
            GATES,
            "a_decision_answers_its_gate_and_no_later_one",
            "the_same_decision_sent_again_is_answered_the_same",
            "a_hundred_decisions_at_once_apply_exactly_one",
            "a_thousand_decisions_at_once_have_one_outcome_each",
        ),
    ),
    Requirement(
        "GATE-14",
        "system: a decision belongs to a gate and to what was seen",
        "Where four eyes are asked for, nobody who acted in the run or its children may sign.",
        of(GATES, "who_acted_before_cannot_approve_where_four_eyes_are_asked_for")
        + of(f"{SDK}/test_testing_harness.py", "a_reviewer_of_a_childs_document_cannot_sign_alone_for_its_parent")
        + of(
            f"{WHOLE}/test_acceptance_decisions.py",
            "where_four_eyes_are_asked_the_preparer_cannot_sign_and_a_second_person_can",
        ),
    ),
    Requirement(
        "GATE-19",
        "system: agents",
        "A run lets no agent sign nor be a second person, whoever let it through.",
        (f"{SDK}/test_workflow_agent_decisions.py",),
    ),
    Requirement(
        "GATE-15",
        "system: a sign-off is suspended when a signed figure moves",
        "A sign-off of the same figures stands; one whose figures moved is suspended, shown, and signed anew.",
        (SIGN_OFFS,),
    ),
    Requirement(
        "GATE-16",
        "sdk contract 9.4",
        "Every kind of check is evaluated as documented, by code, by types or by a model.",
        (f"{SDK}/test_checks_evaluators.py", f"{CAPABILITIES}/test_capability_checks_model.py"),
    ),
    Requirement(
        "GATE-17",
        "system: a decision belongs to a gate and to what was seen",
        "A cancelled run closes its gate and says so.",
        of(GATES, "a_cancelled_run_closes_its_gate_and_says_so"),
    ),
    Requirement(
        "GATE-18",
        "sdk contract 2.8: wait_for_signal",
        "`wait_for_signal(name)` returns what came with the next signal of that name.",
        of(f"{SDK}/test_contract_runs.py", "a_run_waits_for_a_signal_by_its_name")
        + of(f"{SDK}/test_workflow_runs.py", "a_run_that_goes_on_as_new_records_each_run"),
    ),
)
