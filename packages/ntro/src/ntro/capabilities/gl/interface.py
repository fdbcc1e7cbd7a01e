"""What every general ledger offers to runbooks. Amounts are decimals in both directions."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel

from ntro.capabilities.gl.reports import TrialBalanceReport


@runtime_checkable
class CreateResult(Protocol):
    """What became of a creation: the ledger's id of the item, and the key it was created under."""

    @property
    def item_id(self) -> str | None: ...

    @property
    def external_id(self) -> str: ...

    @property
    def success(self) -> bool: ...

    @property
    def error(self) -> str | None: ...


@runtime_checkable
class ReadOnlyResourceClient(Protocol):
    """A kind of item that is read. Items are models of `ntro.capabilities.gl.models`."""

    async def get(self, id: str) -> BaseModel:  # noqa: A002  # the contract's name
        """The item of the ledger's id.

        Raises:
            ValidationFailedError: there is none.
            ProviderError: the ledger cannot be read.
        """
        ...

    async def list(self, **filter: Any) -> list[Any]:  # noqa: A002  # the contract's name
        """All items that fit the filter, over all pages.

        Raises:
            ProviderError: the ledger cannot be read, or has more items than are read at once.
        """
        ...


@runtime_checkable
class ResourceClient(ReadOnlyResourceClient, Protocol):
    """A kind of item that is read and posted."""

    async def create(self, item: Any, *, external_id: str) -> CreateResult:
        """Posts `item` once, however often it is asked with the same `external_id`.

        Raises:
            IdempotencyConflictError: the external id stands for something else already.
            ValidationFailedError: the ledger does not accept the item.
            TransientProviderError: it is not known whether it was posted; asking again finds out.
        """
        ...

    async def find_by_external_id(self, external_id: str) -> BaseModel | None:
        """The item that was created under the id; `None` where there is none."""
        ...

    async def update(self, id: str, patch: Mapping[str, Any]) -> BaseModel:  # noqa: A002  # the contract's name
        """Changes members of an item and returns it.

        Raises:
            ValidationFailedError: there is no such item, or the ledger does not let it be changed.
        """
        ...


@runtime_checkable
class TrialBalanceClient(Protocol):
    """The balances of all accounts."""

    async def get(self, *, period: str, **filter: Any) -> TrialBalanceReport:  # noqa: A002  # the contract's name
        """The trial balance at the end of a period such as `2026-03`.

        Raises:
            UnsupportedByProviderError: the ledger offers none; it is also a `NotImplementedError`.
        """
        ...


@runtime_checkable
class GLProvider(Protocol):
    """A general ledger, connected."""

    @property
    def journal_entries(self) -> ResourceClient: ...

    @property
    def bills(self) -> ResourceClient: ...

    @property
    def invoices(self) -> ResourceClient: ...

    @property
    def expenses(self) -> ResourceClient: ...

    @property
    def suppliers(self) -> ResourceClient: ...

    @property
    def customers(self) -> ResourceClient: ...

    @property
    def chart_of_accounts(self) -> ReadOnlyResourceClient: ...

    @property
    def trial_balance(self) -> TrialBalanceClient: ...
