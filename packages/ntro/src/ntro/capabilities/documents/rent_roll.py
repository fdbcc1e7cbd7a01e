"""Rent rolls."""

from dataclasses import dataclass
from decimal import Decimal

from ntro.capabilities.documents.reading import Extraction, Json, Kind, amount_json

AMOUNT_FIELDS = (
    "monthly_rent",
    "rent_due",
    "rent_received",
    "arrears",
    "arrears_30d",
    "arrears_60d",
    "arrears_90d_plus",
    "service_charge",
    "deposit",
)
"""Amounts of a row, in the order in which they are shown."""
_AGES = ("arrears_30d", "arrears_60d", "arrears_90d_plus")


@dataclass(frozen=True, slots=True)
class RentRollRow:
    """One unit. `amounts` holds every field of `AMOUNT_FIELDS` that the roll has a column for."""

    unit: str | None
    tenant_name: str | None
    lease_start: str | None
    lease_end: str | None
    amounts: dict[str, Decimal | None]
    where: str

    def as_json(self) -> Json:
        """The row with all amount fields. A roll that states one of monthly rent and rent due means both."""
        stated = {name: self.amounts.get(name) for name in AMOUNT_FIELDS}
        if "monthly_rent" not in self.amounts:
            stated["monthly_rent"] = stated["rent_due"]
        if "rent_due" not in self.amounts:
            stated["rent_due"] = stated["monthly_rent"]
        return {
            "unit": self.unit,
            "tenant_name": self.tenant_name,
            "lease_start": self.lease_start,
            "lease_end": self.lease_end,
            **{name: amount_json(amount) for name, amount in stated.items()},
            "where": self.where,
        }


@dataclass(frozen=True, slots=True)
class RentRoll:
    """All units, the totals that the roll states, and the sums of its rows."""

    rows: tuple[RentRollRow, ...]
    totals: dict[str, Decimal | None]
    sums: dict[str, Decimal]
    currency: str | None
    period: str | None = None
    kind: Kind = "rent_roll"

    def as_json(self) -> Json:
        """`totals` is `None` where the roll has no total row."""
        return {
            "rows": [row.as_json() for row in self.rows],
            "totals": {name: amount_json(amount) for name, amount in self.totals.items()} or None,
            "sums": {name: amount_json(amount) for name, amount in self.sums.items()},
            "currency": self.currency,
            "period": self.period,
        }

    def as_extraction(self) -> Extraction:
        """Sums of the rows as fields, units as rows."""
        rows: list[Json] = [{"id": f"row-{n}", **row.as_json()} for n, row in enumerate(self.rows, start=1)]
        due = self.sums.get("rent_due", self.sums.get("monthly_rent"))
        ages = [self.sums[name] for name in _AGES if name in self.sums]
        arrears = self.sums.get("arrears", sum(ages, Decimal(0)) if ages else None)
        fields: Json = {
            "currency": self.currency,
            "period": self.period,
            "total_rent_due": amount_json(due),
            "total_rent_received": amount_json(self.sums.get("rent_received")),
            "total_arrears": amount_json(arrears),
            "units": len(rows),
        }
        return Extraction(fields, rows, f"Rent roll with {len(rows)} units")
