"""Writes the demo month's documents, its entity and its truth: `python examples/demo/generate.py FOLDER`."""

import json
import sys
from pathlib import Path

import figures
import printed
import spreadsheets
import structured
import tenant
from truth import truth


def documents() -> dict[str, bytes]:
    """Every document by `<source>/<file name>`; the source is the slot it is for."""
    repairs, legal, power = figures.INVOICES
    return {
        "trial-balance/trial-balance-2026-02.xlsx": spreadsheets.trial_balance(),
        "rent-roll/rent-roll-2026-03.pdf": printed.rent_roll(),
        "bank-statement/statement-2026-03.xml": structured.bank_statement(),
        "loan-agreement/facility-agreement.pdf": printed.loan_agreement(),
        "invoice-1/invoice-rozel.xml": structured.ubl_invoice(repairs),
        "invoice-2/invoice-trinity.xml": structured.ubl_invoice(legal),
        "invoice-3/invoice-utilities.pdf": structured.facturx_invoice(power),
    }


def main(folder: Path) -> None:
    """Writes all of it below `folder`."""
    for name, content in documents().items():
        path = folder / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    tenant.main(folder / "entity.json")
    (folder / "truth.json").write_text(json.dumps(truth(), indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
