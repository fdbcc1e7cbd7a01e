"""The shipped runbooks, the published ones, and the demo."""

from manifest.requirement import PUBLISHED, WHOLE, Requirement

REQUIREMENTS = (
    Requirement(
        "RUN-1",
        "seed: building-workflows",
        "document-ingest: upload, read, review, correct, commit; refusals and rejections are told at the gate.",
        ("runbooks/document-ingest/tests/test_*.py", f"{WHOLE}/test_acceptance_ingest.py"),
    ),
    Requirement(
        "RUN-2",
        "seed: building-workflows",
        "nav-monthly: documents, journals, NAV, two people, the books and the pack; each period signed once.",
        ("runbooks/nav-monthly/tests/test_*.py",),
    ),
    Requirement(
        "RUN-3",
        "seed: building-workflows",
        "nav-monthly-journals and expense-processor: proposals and expenses, reviewed and posted.",
        ("runbooks/nav-monthly-journals/tests/test_*.py", "runbooks/expense-processor/tests/test_*.py"),
    ),
    Requirement(
        "RUN-4",
        "sdk contract 15, 21.1",
        "Runbooks written for the published SDK validate, load, deploy and run to their ends, unedited.",
        (PUBLISHED, f"{WHOLE}/test_acceptance_published.py"),
    ),
    Requirement(
        "DEMO-1",
        "system: what a user meets first",
        "The demo's NAV is the known one to the penny; its pack has the same bytes whenever it is computed; a second "
        "demo does nothing twice, and a signed month is not closed again.",
        (f"{WHOLE}/test_acceptance_demo.py",),
    ),
)
