"""The general ledger that a tenant connected through Apideck: Xero, QuickBooks, Sage and others alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from ntro.capabilities.gl import models
from ntro.capabilities.gl._apideck.connection import PROVIDER, ApideckConnection
from ntro.capabilities.gl._apideck.resources import ApideckReader, ApideckResource
from ntro.capabilities.gl.errors import UnsupportedByProviderError
from ntro.capabilities.gl.postings import postings_of


class ApideckTrialBalance:
    """Apideck's interface has no trial balance."""

    async def get(self, *, period: str, **_filter: Any) -> NoReturn:
        raise UnsupportedByProviderError(
            f"Apideck offers no trial balance, so none of {period}; take it from a document of the ledger.",
            provider=PROVIDER,
            resource="trial_balance",
            operation="get",
        )


@dataclass(frozen=True, slots=True)
class ApideckGLProvider:
    """All kinds of items of one connection."""

    journal_entries: ApideckResource
    bills: ApideckResource
    invoices: ApideckResource
    expenses: ApideckResource
    suppliers: ApideckResource
    customers: ApideckResource
    chart_of_accounts: ApideckReader
    trial_balance: ApideckTrialBalance

    @classmethod
    def from_config(cls, tenant_config: Mapping[str, Any]) -> "ApideckGLProvider":
        """The provider of a tenant's configuration; nothing is called yet.

        Raises:
            ConnectionError_: the key, the application or the consumer is not configured.
        """
        connection = ApideckConnection.of(tenant_config)
        postings = postings_of(PROVIDER, connection.name)

        def resource(name: str, path: str, model: type[Any], key_member: str) -> ApideckResource:
            return ApideckResource(connection, name, path, model, key_member, postings)

        return cls(
            journal_entries=resource("journal_entries", "journal-entries", models.JournalEntry, "display_id"),
            bills=resource("bills", "bills", models.Bill, "reference"),
            invoices=resource("invoices", "invoices", models.Invoice, "reference"),
            expenses=resource("expenses", "expenses", models.Expense, "reference"),
            suppliers=resource("suppliers", "suppliers", models.Supplier, "display_id"),
            customers=resource("customers", "customers", models.Customer, "display_id"),
            chart_of_accounts=ApideckReader(connection, "chart_of_accounts", "ledger-accounts", models.LedgerAccount),
            trial_balance=ApideckTrialBalance(),
        )
