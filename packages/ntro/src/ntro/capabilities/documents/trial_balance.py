"""Trial balances."""

from dataclasses import dataclass
from decimal import Decimal

from ntro.capabilities.documents.reading import Extraction, Json, Kind, amount_json


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """One account. An empty cell beside a filled one is zero; `None` is a cell that could not be read."""

    account_code: str | None
    name: str | None
    debit: Decimal | None
    credit: Decimal | None
    where: str

    def as_json(self) -> Json:
        """The row with its place in the file."""
        return {
            "account_code": self.account_code,
            "name": self.name,
            "debit": amount_json(self.debit),
            "credit": amount_json(self.credit),
            "where": self.where,
        }


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """All accounts of a trial balance, and its totals as computed from them."""

    rows: tuple[TrialBalanceRow, ...]
    currency: str | None
    total_debit: Decimal
    total_credit: Decimal
    kind: Kind = "trial_balance"

    @property
    def is_balanced(self) -> bool:
        """Whether every cell was read and debits equal credits."""
        is_complete = all(row.debit is not None and row.credit is not None for row in self.rows)
        return is_complete and self.total_debit == self.total_credit

    def as_json(self) -> Json:
        """`{"rows", "currency", "totals", "balances"}`."""
        return {
            "rows": [row.as_json() for row in self.rows],
            "currency": self.currency,
            "totals": {"debit": amount_json(self.total_debit), "credit": amount_json(self.total_credit)},
            "balances": self.is_balanced,
        }

    def as_extraction(self) -> Extraction:
        """Totals as fields, accounts as rows."""
        rows: list[Json] = [{"id": f"row-{n}", **row.as_json()} for n, row in enumerate(self.rows, start=1)]
        fields: Json = {
            "currency": self.currency,
            "total_debit": amount_json(self.total_debit),
            "total_credit": amount_json(self.total_credit),
            "balances": self.is_balanced,
        }
        return Extraction(fields, rows, f"Trial balance with {len(rows)} accounts")
