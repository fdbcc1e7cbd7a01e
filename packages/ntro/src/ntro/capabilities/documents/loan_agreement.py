"""Loan agreements."""

from dataclasses import dataclass
from decimal import Decimal

from ntro.capabilities.documents.reading import Extraction, Json, Kind, amount_json

AMOUNT_FIELDS = (
    "principal",
    "outstanding_balance",
    "interest_rate",
    "monthly_interest",
    "monthly_principal",
    "monthly_payment",
)
TEXT_FIELDS = (
    "lender",
    "borrower",
    "loan_reference",
    "property",
    "currency",
    "agreement_date",
    "start_date",
    "maturity_date",
    "first_payment_date",
    "term",
)


@dataclass(frozen=True, slots=True)
class LoanAgreement:
    """What a loan agreement states under its labels. `interest_rate` is in percent a year."""

    amounts: dict[str, Decimal | None]
    texts: dict[str, str | None]
    places: dict[str, str]
    kind: Kind = "loan_agreement"

    def as_json(self) -> Json:
        """`{"fields", "locations"}`; a location is the page and line of a field."""
        return {"fields": self._fields(), "locations": dict(self.places)}

    def as_extraction(self) -> Extraction:
        """All terms as fields, no rows."""
        lender, borrower = self.texts.get("lender"), self.texts.get("borrower")
        return Extraction(self._fields(), [], f"Loan agreement between {lender} and {borrower}")

    def _fields(self) -> Json:
        fields: Json = {name: self.texts.get(name) for name in TEXT_FIELDS}
        return fields | {name: amount_json(self.amounts.get(name)) for name in AMOUNT_FIELDS}
