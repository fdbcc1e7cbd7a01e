"""Documents: what may be uploaded, and readers that turn bytes into typed, exact content.

Readers are pure: the same bytes give the same reading. What they cannot read exactly becomes an issue for a person or a
refusal with a code; nothing is guessed and no amount becomes zero by default.
"""

import hashlib

from ntro.capabilities.documents.bank_statement import (
    Balance,
    BankEntry,
    BankStatement,
    BankStatements,
    InvestmentTrade,
)
from ntro.capabilities.documents.errors import REFUSAL_CODES, DocumentRefusedError, RefusalCode
from ntro.capabilities.documents.invoice import Invoice, InvoiceLine, InvoiceTotals
from ntro.capabilities.documents.loan_agreement import LoanAgreement
from ntro.capabilities.documents.reading import DocumentReading, Issue, Kind, Provenance
from ntro.capabilities.documents.rent_roll import RentRoll, RentRollRow
from ntro.capabilities.documents.schemas import KIND_SLUGS, kind_of_schema
from ntro.capabilities.documents.trial_balance import TrialBalance, TrialBalanceRow
from ntro.capabilities.documents.uploads import HEAD_BYTES, MAX_DOCUMENT_BYTES, check_upload

READER_VERSION = "1"
"""Changes when a reader reads the same bytes differently."""


def read_document(content: bytes, *, filename: str, schema_slug: str | None = None) -> DocumentReading:
    """Read one document. Its kind is found in its content, never in its name.

    Blocks for as long as the reader works; call it in a thread.

    Args:
        content: the bytes of the file.
        filename: the name it was sent under; its extension must not contradict the content.
        schema_slug: the schema that is expected, such as `trial-balance` or `rent-roll`; another kind is refused.

    Raises:
        DocumentRefusedError: with a code of `REFUSAL_CODES`; nothing of the document was taken.
    """
    from ntro.capabilities.documents._read import parse  # noqa: PLC0415 — the readers load when the first is needed

    expected = kind_of_schema(schema_slug) if schema_slug is not None else None
    check_upload(content[:HEAD_BYTES], filename, len(content))
    parsed = parse(content, expected)
    kind = parsed.content.kind
    if expected is not None and kind != expected:
        found, wanted = kind.replace("_", " "), expected.replace("_", " ")
        raise DocumentRefusedError("wrong_kind", f"the document is a {found}, expected is a {wanted}")
    provenance = Provenance(
        filename=filename,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        format=parsed.format,
        reader=parsed.reader,
        reader_version=READER_VERSION,
    )
    return DocumentReading(parsed.content, parsed.issues, provenance, schema_slug or KIND_SLUGS[kind])


__all__ = [
    "HEAD_BYTES",
    "KIND_SLUGS",
    "MAX_DOCUMENT_BYTES",
    "READER_VERSION",
    "REFUSAL_CODES",
    "Balance",
    "BankEntry",
    "BankStatement",
    "BankStatements",
    "DocumentReading",
    "DocumentRefusedError",
    "InvestmentTrade",
    "Invoice",
    "InvoiceLine",
    "InvoiceTotals",
    "Issue",
    "Kind",
    "LoanAgreement",
    "Provenance",
    "RefusalCode",
    "RentRoll",
    "RentRollRow",
    "TrialBalance",
    "TrialBalanceRow",
    "check_upload",
    "kind_of_schema",
    "read_document",
]
