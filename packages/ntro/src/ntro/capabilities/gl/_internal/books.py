"""The tenant's own books of one entity: where they are, and how an item is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ntro.capabilities import config
from ntro.capabilities.gl.errors import ConnectionError_, ValidationFailedError
from ntro.data import DataPlane, get_data_plane

PROVIDER = "internal"


@dataclass(frozen=True, slots=True)
class OwnBooks:
    """One entity's ledger. `accounts` are account codes by role, `currency` that of items which name none."""

    entity_id: UUID
    tenant_slug: str
    accounts: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None
    chart: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, tenant_config: Mapping[str, Any]) -> "OwnBooks":
        """The books of the configuration: `gl.options` with `accounts` and `currency`, else `books`; the `chart`.

        Raises:
            ConnectionError_: this process serves no tenant's database.
        """
        worker = config.get()
        if not worker.tenant_slug or not worker.tenant_postgres_url.get_secret_value():
            raise ConnectionError_(
                "The tenant's own ledger is in its database, and this process has none; run this in the tenant's cell.",
                provider=PROVIDER,
                operation="connect",
            )
        options = (tenant_config.get("gl") or {}).get("options") or {}
        books = tenant_config.get("books") or {}
        return cls(
            UUID(str(tenant_config["entity_id"])),
            worker.tenant_slug,
            {**(books.get("gl_map") or {}), **(options.get("accounts") or {})},
            options.get("currency") or books.get("currency"),
            tuple(tenant_config.get("chart") or ()),
        )

    async def db(self) -> DataPlane:
        """The tenant's data plane."""
        return await get_data_plane(self.tenant_slug)

    def account(self, role: str) -> str:
        """The account of a role.

        Raises:
            ValidationFailedError: the role has none.
        """
        if code := str(self.accounts.get(role) or "").strip():
            return code
        raise refused("accounts", "create", f"no account is configured for {role}; set gl.options.accounts.{role}")

    def currency_of(self, content: Mapping[str, Any], resource: str) -> str:
        """The currency of an item.

        Raises:
            ValidationFailedError: neither the item nor the books name one.
        """
        currency = content.get("currency") or self.currency
        if not currency:
            raise refused(resource, "create", "the item names no currency and the books have none")
        return str(currency)


def refused(resource: str, operation: str, why: str) -> ValidationFailedError:
    """The error of an item that the books do not take."""
    return ValidationFailedError(
        f"{resource} {operation}: {why}.", provider=PROVIDER, resource=resource, operation=operation
    )
