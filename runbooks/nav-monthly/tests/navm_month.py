"""Months with known truth: what the readers would have committed, and what it comes to, in whole pence.

The truth is worked out here without any code of the product.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

PERIOD = "2026-03"
TENANT = "acme"
ENTITY = "33333333-3333-4333-8333-333333333333"
ENTITY_SLUG = "small-spv"
SHARES = 30_000
FEE_PERCENT = 5
RELEASE = 125_00
OPENING = {
    "1000": 900_000_00,
    "1100": 50_000_00,
    "1200": 1_200_00,
    "1300": 1_500_00,
    "2000": -400_000_00,
    "2100": 0,
    "2200": 0,
    "2300": -800_00,
    "3000": -500_000_00,
    "3100": -51_900_00,
}
CHART = {
    "1000": ("Property", "asset"),
    "1100": ("Bank", "asset"),
    "1200": ("Rent receivable", "asset"),
    "1300": ("Prepaid insurance", "asset"),
    "1900": ("Suspense", "asset"),
    "2000": ("Loan", "liability"),
    "2100": ("Payables", "liability"),
    "2200": ("Interest payable", "liability"),
    "2300": ("Fee payable", "liability"),
    "3000": ("Shares", "equity"),
    "3100": ("Reserves", "equity"),
    "4000": ("Rent", "income"),
    "5000": ("Insurance", "expense"),
    "5100": ("Repairs", "expense"),
    "5200": ("Management fee", "expense"),
    "5300": ("Other expenses", "expense"),
    "5500": ("Bank charges", "expense"),
    "6000": ("Interest", "expense"),
}
GL_MAP = {
    "bank": "1100",
    "rent_receivable": "1200",
    "rental_income": "4000",
    "accounts_payable": "2100",
    "operating_expenses": "5300",
    "repairs": "5100",
    "bank_charges": "5500",
    "management_fee_expense": "5200",
    "management_fee_payable": "2300",
    "loan_interest_expense": "6000",
    "loan_interest_payable": "2200",
    "loan_principal": "2000",
    "suspense": "1900",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A let unit: its rent, and what its tenant paid."""

    rent: int
    received: int


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice, or a credit note where `is_credit`; settled through the bank where `is_settled`."""

    net: int
    tax: int
    is_repair: bool = False
    is_credit: bool = False
    is_settled: bool = False

    @property
    def gross(self) -> int:
        return self.net + self.tax

    @property
    def sign(self) -> int:
        return -1 if self.is_credit else 1


@dataclass(frozen=True, slots=True)
class Month:
    """What happened. `units` of none: no rent roll; `loan` of none: no loan; `strange` is an entry nobody explains."""

    units: tuple[Unit, ...] = (Unit(2_000_00, 2_000_00), Unit(1_333_33, 1_000_00))
    bills: tuple[Bill, ...] = (Bill(300_00, 60_00, is_repair=True, is_settled=True), Bill(99_99, 20_00))
    loan: tuple[int, int] | None = (1_666_67, 833_33)
    charge: int = 9_50
    strange: int = 0

    def closing(self) -> dict[str, int]:
        """Balance by account after the month; positive is a debit."""
        balance: dict[str, int] = defaultdict(int, OPENING)

        def post(debit: str, credit: str, amount: int) -> None:
            balance[debit] += amount
            balance[credit] -= amount

        post("1200", "4000", sum(unit.rent for unit in self.units))
        post("1100", "1200", sum(unit.received for unit in self.units))
        post("5200", "2300", fee(sum(unit.rent for unit in self.units)))
        post("5000", "1300", RELEASE)
        for bill in self.bills:
            post("5100" if bill.is_repair else "5300", "2100", bill.sign * bill.gross)
            if bill.is_settled:
                post("2100", "1100", bill.sign * bill.gross)
        if self.loan is not None:
            interest, principal = self.loan
            post("6000", "2200", interest)
            post("2200", "1100", interest)
            post("2000", "1100", principal)
        post("5500", "1100", self.charge)
        post("1100", "1900", self.strange)
        return {code: amount for code, amount in balance.items() if amount}

    def nav(self) -> int:
        """Assets less liabilities."""
        return sum(amount for code, amount in self.closing().items() if CHART[code][1] in ("asset", "liability"))

    def entries(self) -> list[tuple[int, str]]:
        """Amount and words of each bank entry, money in above zero."""
        rent = [(unit.received, f"RENT UNIT {number}") for number, unit in enumerate(self.units, 1)]
        bills = [(-bill.sign * bill.gross, number) for number, bill in numbered(self.bills) if bill.is_settled]
        loan = [(-sum(self.loan), "LOAN SERVICE")] if self.loan else []
        other = [(-self.charge, "ACCOUNT CHARGES"), (self.strange, "XYZ 123")]
        return [entry for entry in (*rent, *bills, *loan, *other) if entry[0]]

    def documents(self) -> dict[str, dict[str, Any]]:
        """Schema, reference and payload of each slot, as `document-ingest` commits them."""
        found = {"trial-balance": ("trial-balance", trial_balance()), "bank": ("bank-statement", self.statement())}
        if self.units:
            found["rent-roll"] = ("rent-roll", self.rent_roll())
        if self.loan:
            found["loan"] = ("loan-agreement", loan_agreement(*self.loan))
        found |= {number.lower(): ("invoice", invoice(number, bill)) for number, bill in numbered(self.bills)}
        return {
            source: {"schema_slug": schema, "document_ref": str(uuid5(NAMESPACE_URL, source)), "payload": payload}
            for source, (schema, payload) in found.items()
        }

    def statement(self) -> dict[str, Any]:
        rows = [
            {
                "id": f"entry-1-{number}",
                "date": f"2026-03-{1 + number % 28:02d}",
                "amount": written(amount),
                "reference": words,
                "status": "booked",
            }
            for number, (amount, words) in enumerate(self.entries(), 1)
        ]
        closing = OPENING["1100"] + sum(amount for amount, _ in self.entries())
        head = {"account": "GB00", "currency": "GBP", "opening": written(OPENING["1100"]), "closing": written(closing)}
        return {"fields": {"statements": [dict(head)], **head}, "line_items": rows}

    def rent_roll(self) -> dict[str, Any]:
        rows = [
            {
                "id": f"row-{number}",
                "unit": f"Unit {number}",
                "tenant": f"Tenant {number}",
                "monthly_rent": written(unit.rent),
                "rent_received": written(unit.received),
                "arrears_30d": written(unit.rent - unit.received),
            }
            for number, unit in enumerate(self.units, 1)
        ]
        return {"fields": {"period": PERIOD}, "line_items": rows}

    def context(self, **changes: Any) -> dict[str, Any]:
        """The context of a close of this month, with `changes`."""
        kinds = {source: item["schema_slug"] for source, item in self.documents().items()}
        given: dict[str, Any] = {
            "tenant_slug": TENANT,
            "entity_id": ENTITY,
            "entity_slug": ENTITY_SLUG,
            "entity_name": "Small SPV Limited",
            "task_id": "11111111-1111-4111-8111-111111111111",
            "period": PERIOD,
            "shares": str(SHARES),
            "books": books(has_fee=bool(self.units)),
            "chart": [{"code": code, "name": name, "type": kind} for code, (name, kind) in CHART.items()],
            "standing_journals": [standing()],
            "documents": [{"source": source, "schema_slug": kind, "title": source} for source, kind in kinds.items()],
        }
        return given | changes


def without_loan_or_rent(month: Month) -> Month:
    """`month` of an entity that has neither."""
    return replace(month, units=(), loan=None)


def books(*, has_fee: bool) -> dict[str, Any]:
    return {
        "currency": "GBP",
        "rounding": "ROUND_HALF_UP",
        "tax_recoverable": False,
        "gl_map": GL_MAP,
        "management_fee": {"base": "rent_due", "rate": f"0.{FEE_PERCENT:02d}"} if has_fee else None,
        "supplier_rules": [{"contains": "Repairs", "role": "repairs"}],
        "bank_rules": [
            {"contains": "RENT ", "role": "rent_receivable", "direction": "in"},
            {"contains": "LOAN SERVICE", "role": "loan_payment", "direction": "out"},
            {"contains": "ACCOUNT CHARGES", "role": "bank_charges", "direction": "out"},
        ],
    }


def standing() -> dict[str, Any]:
    lines = [{"account_code": "5000", "debit": written(RELEASE)}, {"account_code": "1300", "credit": written(RELEASE)}]
    return {"description": "Prepaid insurance released", "lines": lines}


def trial_balance() -> dict[str, Any]:
    rows = [
        {
            "id": f"row-{number}",
            "account_code": code,
            "name": CHART[code][0],
            "debit": written(max(amount, 0)),
            "credit": written(max(-amount, 0)),
        }
        for number, (code, amount) in enumerate(OPENING.items(), 1)
    ]
    return {"fields": {"currency": "GBP"}, "line_items": rows}


def loan_agreement(interest: int, principal: int) -> dict[str, Any]:
    """The whole loan is among the terms: it is not this month's repayment."""
    terms = {"monthly_interest": written(interest), "monthly_principal": written(principal), "principal": "500000.00"}
    return {"fields": {"lender": "Island Bank", "currency": "GBP", **terms}, "line_items": []}


def invoice(number: str, bill: Bill) -> dict[str, Any]:
    head = {
        "number": number,
        "type_code": "381" if bill.is_credit else "380",
        "issue_date": "2026-03-10",
        "seller": "Quick Repairs Ltd" if bill.is_repair else "Legal LLP",
        "currency": "GBP",
    }
    amounts = {"tax_basis": written(bill.net), "tax_total": written(bill.tax), "grand_total": written(bill.gross)}
    return {"fields": {**head, **amounts}, "line_items": []}


def numbered(bills: tuple[Bill, ...]) -> list[tuple[str, Bill]]:
    """The bills with their numbers; none is part of another."""
    return [(f"{'CN' if bill.is_credit else 'INV'}-{1000 + place}", bill) for place, bill in enumerate(bills)]


def fee(rent: int) -> int:
    """The management fee, rounded half up."""
    return (rent * FEE_PERCENT * 2 + 100) // 200


def per_share(nav: int) -> str:
    """To four places, half up, for a NAV above zero."""
    scaled = (nav * 100 * 2 + SHARES) // (2 * SHARES)
    return f"{scaled // 10_000}.{scaled % 10_000:04d}"


def written(pence: int) -> str:
    """Pence as a plain decimal: `-12.05`."""
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"
