"""The tenant's own general ledger: `ledgers.journals`, what was posted to it, and the reports that follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ntro.accounting.amounts import ZERO, difference, total
from ntro.capabilities.gl import models
from ntro.capabilities.gl._internal.books import OwnBooks, refused
from ntro.capabilities.gl._internal.documents import OwnDocuments, bill_journal, expense_journal, invoice_journal
from ntro.capabilities.gl._internal.journals import OwnJournals
from ntro.capabilities.gl.reports import TBLine, TrialBalanceReport

_BASE = """
select period, kind, currency, lines from ledgers.trial_balances
where entity_id = $1 and period <= $2 and kind in ('opening', 'closing')
order by period desc, kind = 'closing' desc, created_at desc limit 1"""
_MOVEMENTS = """
select l.account_code, sum(l.debit) as debit, sum(l.credit) as credit, min(j.currency) as currency,
       count(distinct j.currency) as currencies
from ledgers.journals j join ledgers.journal_lines l on l.journal_id = j.id
where j.entity_id = $1 and j.period <= $2 and ($3::text is null or j.period >= $3)
  and ($4::text is null or j.period > $4)
group by l.account_code order by l.account_code"""


@dataclass(frozen=True, slots=True)
class OwnChart:
    """The accounts of the entity's configured chart."""

    books: OwnBooks

    async def get(self, id: str) -> models.LedgerAccount:  # noqa: A002  # the contract's name
        for account in await self.list():
            if account.id == id:
                return account
        raise refused("chart_of_accounts", "get", f"the chart has no account {id}")

    async def list(self, **filter: Any) -> list[models.LedgerAccount]:  # noqa: A002  # the contract's name
        accounts = [
            models.LedgerAccount(
                id=str(row["code"]),
                nominal_code=str(row["code"]),
                code=str(row["code"]),
                name=row.get("name"),
                type=row.get("type"),
                active=row.get("is_active", True),
            )
            for row in self.books.chart
        ]
        return [item for item in accounts if all(getattr(item, name, None) == value for name, value in filter.items())]


@dataclass(frozen=True, slots=True)
class OwnTrialBalance:
    """Balances: the last trial balance that was kept, and the journals since."""

    books: OwnBooks

    async def get(self, *, period: str, **_filter: Any) -> TrialBalanceReport:
        """The closing trial balance of `period`.

        Raises:
            ValidationFailedError: nothing was posted until then, or journals are of another currency.
        """
        db = await self.books.db()
        base = await db.fetchrow(_BASE, self.books.entity_id, period)
        opened = base["period"] if base and base["kind"] == "opening" else None
        closed = base["period"] if base and base["kind"] == "closing" else None
        moved = await db.fetch(_MOVEMENTS, self.books.entity_id, period, opened, closed)
        currencies = {row["currency"] for row in moved} | ({base["currency"]} if base else set())
        if not currencies:
            raise refused("trial_balance", "get", f"nothing was posted until {period}")
        if len(currencies) > 1 or any(row["currencies"] > 1 for row in moved):
            raise refused("trial_balance", "get", f"journals until {period} are of several currencies")
        kept = [TBLine.model_validate(line) for line in base["lines"]] if base else []
        return TrialBalanceReport(
            period=period, kind="closing", currency=currencies.pop(), lines=_balances(kept, moved, self.books)
        )


def _balances(kept: list[TBLine], moved: list[dict[str, Any]], books: OwnBooks) -> list[TBLine]:
    charted = {str(row["code"]): str(row.get("name") or "") for row in books.chart}
    balances: dict[str, Decimal] = {}
    names: dict[str, str] = {}
    for line in kept:
        balances[line.account_code] = total((balances.get(line.account_code, ZERO), line.balance))
        names.setdefault(line.account_code, line.account_name)
    for row in moved:
        code = row["account_code"]
        balances[code] = total((balances.get(code, ZERO), difference(row["debit"], row["credit"])))
    return [
        TBLine(
            account_code=code,
            account_name=names.get(code) or charted.get(code, ""),
            debit=max(balance, ZERO),
            credit=max(difference(ZERO, balance), ZERO),
        )
        for code, balance in balances.items()
    ]


@dataclass(frozen=True, slots=True)
class InternalGLProvider:
    """All kinds of items of one entity's own ledger."""

    journal_entries: OwnJournals
    bills: OwnDocuments
    invoices: OwnDocuments
    expenses: OwnDocuments
    suppliers: OwnDocuments
    customers: OwnDocuments
    chart_of_accounts: OwnChart
    trial_balance: OwnTrialBalance

    @classmethod
    def from_config(cls, tenant_config: Mapping[str, Any]) -> "InternalGLProvider":
        """The provider of a configuration with `entity_id`; nothing is read yet.

        Raises:
            ConnectionError_: this process serves no tenant's database.
        """
        books = OwnBooks.of(tenant_config)
        return cls(
            journal_entries=OwnJournals(books),
            bills=OwnDocuments(books, "bills", models.Bill, "reference", bill_journal),
            invoices=OwnDocuments(books, "invoices", models.Invoice, "reference", invoice_journal),
            expenses=OwnDocuments(books, "expenses", models.Expense, "reference", expense_journal),
            suppliers=OwnDocuments(books, "suppliers", models.Supplier, "display_id"),
            customers=OwnDocuments(books, "customers", models.Customer, "display_id"),
            chart_of_accounts=OwnChart(books),
            trial_balance=OwnTrialBalance(books),
        )
