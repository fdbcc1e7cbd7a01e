"""What an operations engineer enters for the demo tenant, as JSON for the command line's `--config @file`."""

import json
import sys
from pathlib import Path
from typing import Any

import figures

ENTITY_SLUG = "acme-commercial-spv1"


def entity_config() -> dict[str, Any]:
    """The books, the rules and the expected documents of the entity."""
    return {
        "shares": str(figures.SHARES),
        "nav_per_share_places": 4,
        "chart": [{"code": item.code, "name": item.name, "type": item.type} for item in chart()],
        "books": books(),
        "standing_journals": [
            {
                "description": "Prepaid insurance released",
                "lines": [
                    {"account_code": "5000", "debit": figures.written(figures.INSURANCE_RELEASE)},
                    {"account_code": "1300", "credit": figures.written(figures.INSURANCE_RELEASE)},
                ],
            }
        ],
        "documents": expected_documents(),
    }


def chart() -> tuple[figures.Account, ...]:
    """Every account that may be posted to."""
    suspense = figures.Account("1900", "Suspense", "asset", 0)
    return tuple(sorted((*figures.OPENING, suspense), key=lambda account: account.code))


def books() -> dict[str, Any]:
    """How the month's documents become journals."""
    return {
        "currency": figures.CURRENCY,
        "rounding": "ROUND_HALF_UP",
        "tax_recoverable": False,
        "gl_map": {
            "bank": "1100",
            "rent_receivable": "1200",
            "rental_income": "4000",
            "accounts_payable": "2100",
            "operating_expenses": "5300",
            "repairs": "5100",
            "utilities": "5400",
            "bank_charges": "5500",
            "management_fee_expense": "5200",
            "management_fee_payable": "2300",
            "loan_interest_expense": "6000",
            "loan_interest_payable": "2200",
            "loan_principal": "2000",
            "suspense": "1900",
        },
        "management_fee": {"base": "rent_due", "rate": "0.05"},
        "supplier_rules": [
            {"contains": "Maintenance", "role": "repairs"},
            {"contains": "Utilities", "role": "utilities"},
        ],
        "bank_rules": [
            {"contains": "RENT ", "role": "rent_receivable", "direction": "in"},
            {"contains": "MANAGEMENT FEE", "role": "management_fee_payable", "direction": "out"},
            {"contains": "LOAN SERVICE", "role": "loan_payment", "direction": "out"},
            {"contains": "ACCOUNT CHARGES", "role": "bank_charges", "direction": "out"},
            {"contains": "INVOICE ", "role": "accounts_payable", "direction": "out"},
        ],
    }


def expected_documents() -> list[dict[str, Any]]:
    """The slots that a close of this entity waits for."""
    slots = [
        ("trial-balance", "trial-balance", "Opening trial balance", "when_issues"),
        ("rent-roll", "rent-roll", "Rent roll of the managing agent", "always"),
        ("bank-statement", "bank-statement", "Bank statement", "when_issues"),
        ("loan-agreement", "loan-agreement", "Loan agreement", "always"),
        *((f"invoice-{number}", "invoice", f"Supplier invoice {number}", "when_issues") for number in (1, 2, 3)),
    ]
    names = ("source", "schema_slug", "title", "review")
    return [dict(zip(names, slot, strict=True)) for slot in slots]


def main(path: Path) -> None:
    """Writes the entity as one document."""
    entity = {
        "slug": ENTITY_SLUG,
        "name": figures.ENTITY,
        "type": "SPV",
        "jurisdiction": "Jersey",
        "currency": figures.CURRENCY,
        "config": entity_config(),
    }
    path.write_text(json.dumps(entity, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
