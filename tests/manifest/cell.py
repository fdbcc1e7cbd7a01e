"""The data plane: the cell's API, engine, workers and pages."""

from manifest.requirement import CELL, CELL_API, SDK, WHOLE, Requirement, of

REQUIREMENTS = (
    Requirement(
        "CELL-1",
        "http contract 8; architecture: the cell's API",
        "Entities, tasks, screens, next steps, snapshots and the API document of a cell.",
        (
            f"{CELL_API}/test_cell_api_tasks.py",
            f"{CELL_API}/test_cell_api_entities.py",
            f"{CELL_API}/test_cell_api_openapi.py",
            f"{CELL_API}/test_cell_api_rules.py",
        ),
    ),
    Requirement(
        "CELL-2",
        "architecture: the cell's API",
        "Tokens and sessions open a cell, with what their roles allow; sign-in links work once.",
        (f"{CELL_API}/test_cell_api_access.py",),
    ),
    Requirement(
        "CELL-3",
        "system: a decision belongs to a gate and to what was seen",
        "A decision is for one gate and the payload that was shown, applied once; no decision answers a later gate.",
        (
            f"{CELL_API}/test_cell_api_decisions.py",
            f"{CELL_API}/test_cell_api_attention.py",
            f"{WHOLE}/test_acceptance_decisions.py",
        ),
    ),
    Requirement(
        "CELL-4",
        "sdk contract 14.3-14.4",
        "Documents and row actions change the database first, then reach the run that waits, once.",
        (
            f"{CELL_API}/test_cell_api_files.py",
            f"{CELL_API}/test_cell_api_row_actions.py",
            f"{CELL_API}/test_cell_api_waiting_documents.py",
        ),
    ),
    Requirement(
        "CELL-5",
        "system: runs are read from a projection",
        "Steps, gates and events are recorded once in an append-only, hash-chained log and followed live.",
        (
            f"{CELL}/test_cell_engine_recording.py",
            f"{CELL}/test_cell_engine_observed.py",
            f"{CELL_API}/test_cell_api_events.py",
            f"{CELL_API}/test_cell_api_pushed_steps.py",
        ),
    ),
    Requirement(
        "CELL-6",
        "system: namespace and secrets per tenant",
        "Payloads are encrypted for whoever runs Temporal; large ones are kept by the tenant.",
        (f"{CELL}/test_cell_engine_codec.py",),
    ),
    Requirement(
        "CELL-7",
        "system: a version of a runbook runs in its own environment",
        "Deploying, starting, cancelling and scheduling; a run stays on its version; no worker is left behind.",
        (
            f"{CELL}/test_cell_ops_parts.py",
            f"{CELL}/test_cell_ops_process.py",
            f"{CELL}/test_cell_ops_resilience.py",
            f"{CELL}/test_cell_worker_whole_path.py",
            f"{CELL_API}/test_cell_api_commands.py",
        ),
    ),
    Requirement(
        "CELL-8",
        "http contract 8",
        "Uploads are streamed, bounded, hashed and stored once; what is no document is refused by name.",
        (f"{WHOLE}/test_acceptance_uploads.py", f"{SDK}/test_documents_uploads.py"),
    ),
    Requirement(
        "CELL-9",
        "http contract 8: submitted data",
        "Data submitted to a task is kept once, exactly, and told to the run whose gate waits for it.",
        (f"{CELL_API}/test_cell_api_data.py",),
    ),
    Requirement(
        "CELL-10",
        "http contract 8: subledgers",
        "Rows are listed, rejected and edited by the rules of their type, by people who may write, with history.",
        (f"{CELL_API}/test_cell_api_subledgers.py",),
    ),
    Requirement(
        "CELL-11",
        "sdk contract 7.3, 14.6",
        "A bundle's scripts make tables in the ledgers, whose rows keep their history, and reach nothing else.",
        (f"{CELL}/test_cell_ops_bundle_scripts.py",),
    ),
    Requirement(
        "CELL-12",
        "http contract 2: data platforms",
        "A cell tests and discovers its own database and the platforms bound to it, without telling a secret.",
        (f"{CELL}/test_cell_ops_platforms.py",),
    ),
    Requirement(
        "CELL-13",
        "sdk contract 9.3, 19 H2",
        "What a model writes reaches the log from the cell's own workers, by a key that opens that door alone.",
        (f"{CELL_API}/test_cell_api_worker_events.py",),
    ),
    Requirement(
        "CELL-14",
        "seed: how-it-works",
        "Every value that a person corrected is kept as it was shown and as it became, for who improves runbooks.",
        (f"{CELL_API}/test_cell_corrections_corpus.py",),
    ),
    Requirement(
        "GL-3",
        "http contract 8: general ledger",
        "People who may write connect and disconnect a ledger; runs get it; its status is described.",
        (f"{CELL_API}/test_cell_api_gl.py",),
    ),
    Requirement(
        "UI-1",
        "seed: how-it-works",
        "The pages of a tenant: task list, steps, upload, review, decisions, files, live.",
        (
            "tests/browser/test_browser_*.py",
            f"{CELL}/test_cell_ui_values.py",
            f"{CELL}/test_cell_ui_timelines.py",
            f"{CELL}/test_cell_ui_reviews.py",
            f"{CELL_API}/test_cell_ui_pages.py",
        ),
    ),
    Requirement(
        "UI-2",
        "system: a sign-off is suspended when a signed figure moves",
        "A suspended sign-off stays to be read: who signed, and each figure that moved since.",
        of(
            f"{CELL}/test_cell_ui_reviews.py",
            "a_suspended_sign_off_tells_who_signed_and_each_figure_that_moved",
            "a_gate_that_nobody_signed_before_tells_of_no_suspension",
        ),
    ),
)
