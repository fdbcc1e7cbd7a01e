"""Schema slugs of documents, and the kind that each stands for."""

from ntro.capabilities.documents.errors import DocumentRefusedError
from ntro.capabilities.documents.reading import Kind

_KINDS: tuple[tuple[str, Kind], ...] = (
    ("trial-balance", "trial_balance"),
    ("bank-statement", "bank_statement"),
    ("rent-roll", "rent_roll"),
    ("loan-agreement", "loan_agreement"),
    ("mortgage-agreement", "loan_agreement"),
    ("credit-note", "invoice"),
    ("invoice", "invoice"),
)
KIND_SLUGS: dict[Kind, str] = {
    "trial_balance": "trial-balance",
    "bank_statement": "bank-statement",
    "rent_roll": "rent-roll",
    "loan_agreement": "loan-agreement",
    "invoice": "invoice",
}
"""The schema of a document that was sent without naming one."""


def kind_of_schema(slug: str) -> Kind:
    """The kind that a schema fixes: `rent-roll` and `rent-roll-zenko` are both rent rolls.

    Raises:
        DocumentRefusedError: `unknown_schema` for a slug that stands for no kind.
    """
    plain = slug.strip().lower().replace("_", "-")
    for part, kind in _KINDS:
        if part in plain:
            return kind
    known = ", ".join(sorted(KIND_SLUGS.values()))
    raise DocumentRefusedError("unknown_schema", f"no reader for schema {slug!r}; there are readers for {known}")
