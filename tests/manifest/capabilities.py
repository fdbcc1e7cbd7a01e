"""`ntro.capabilities`, reading documents and writing reports."""

from manifest.requirement import CAPABILITIES, SDK, WHOLE, Requirement, of

MODULES = f"{CAPABILITIES}/test_capability_modules.py"
EXTRACTION = f"{CAPABILITIES}/test_capability_ai_extraction.py"
PROVIDERS = f"{CAPABILITIES}/test_capability_ai_providers.py"

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
        "The worker's settings come from the session mount or the environment, in the published order, and are cached.",
        of(f"{SDK}/test_data_config.py")
        + of(MODULES, "every_setting_of_the_worker_has_its_variable", "credentials_of_the_session_mount_win"),
    ),
    Requirement(
        "CAP-3",
        "sdk contract 9.2",
        "A model's extraction has fields, rows and confidences, is shown while it is written, and the same question "
        "is asked once.",
        (EXTRACTION, f"{CAPABILITIES}/test_capability_ai_answers.py"),
    ),
    Requirement(
        "CAP-4",
        "sdk contract 9.2",
        "A provider is chosen by override, else by its key; models by slot, then default; each is asked over its own "
        "protocol.",
        (PROVIDERS,),
    ),
    Requirement(
        "CAP-5",
        "sdk contract 9.3",
        "A trace of what a model writes is posted in order with its sequence and key, or dropped, never in the way.",
        (f"{CAPABILITIES}/test_capability_trace.py",),
    ),
    Requirement(
        "CAP-6",
        "sdk contract 9.5",
        "PDF and workbooks are parsed to cells and text; other formats are refused.",
        (f"{CAPABILITIES}/test_capability_files.py",),
    ),
    Requirement(
        "CAP-7",
        "sdk contract 9.6",
        "Workbooks are generated from rows in the four named layouts, numbers as numbers, totals that add up.",
        (f"{CAPABILITIES}/test_capability_excel.py",),
    ),
    Requirement(
        "CAP-8",
        "sdk contract 9.7",
        "Mail is sent, with copies and a link to upload, and answers who got it.",
        (f"{CAPABILITIES}/test_capability_email.py",),
    ),
    Requirement(
        "CAP-9",
        "sdk contract 9.8",
        "Notifications of the published types reach Workspace; a refusal is answered, an outage raised.",
        (f"{CAPABILITIES}/test_capability_notify.py",),
    ),
    Requirement(
        "CAP-10",
        "sdk contract 9.9",
        "Files and tables are written, appended, listed and read below the tenant's folder.",
        (f"{CAPABILITIES}/test_capability_storage.py",),
    ),
    Requirement(
        "CAP-11",
        "sdk contract 9.10",
        "A company is looked up with its present officers; its errors are of one tree.",
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
