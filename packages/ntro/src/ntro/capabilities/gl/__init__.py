"""General ledgers: one surface over the ledger that a tenant has connected, or over the tenant's own.

`for_entity` gives the provider that `tenant_config["gl"]["provider"]` names: `apideck` (also `unified`) for a ledger
connected through Apideck, `internal` for the tenant's own in `ledgers.journals`. Without a configured provider nothing
is posted anywhere: `ConnectionError_`. For activities only; workflow code calls the activities.
"""

from typing import Any

from ntro.capabilities.gl.errors import (
    ConnectionError_,
    IdempotencyConflictError,
    ProviderError,
    ProviderNotRegisteredError,
    TransientProviderError,
    UnsupportedByProviderError,
    ValidationFailedError,
)
from ntro.capabilities.gl.interface import (
    CreateResult,
    GLProvider,
    ReadOnlyResourceClient,
    ResourceClient,
    TrialBalanceClient,
)
from ntro.capabilities.gl.registry import for_entity, register_provider, registered_providers
from ntro.capabilities.gl.reports import TBLine, TrialBalanceReport

__all__ = [
    "ConnectionError_",
    "CreateResult",
    "GLProvider",
    "IdempotencyConflictError",
    "ProviderError",
    "ProviderNotRegisteredError",
    "ReadOnlyResourceClient",
    "ResourceClient",
    "TBLine",
    "TransientProviderError",
    "TrialBalanceClient",
    "TrialBalanceReport",
    "UnsupportedByProviderError",
    "ValidationFailedError",
    "for_entity",
    "register_provider",
    "registered_providers",
]


# Providers are loaded when they are first used: the books import the reports of this package and reach no ledger.
def _apideck(tenant_config: dict[str, Any]) -> GLProvider:
    from ntro.capabilities.gl._apideck.provider import ApideckGLProvider  # noqa: PLC0415  # as said above

    return ApideckGLProvider.from_config(tenant_config)


def _internal(tenant_config: dict[str, Any]) -> GLProvider:
    from ntro.capabilities.gl._internal.provider import InternalGLProvider  # noqa: PLC0415  # as said above

    return InternalGLProvider.from_config(tenant_config)


register_provider("apideck", _apideck)
register_provider("unified", _apideck)
register_provider("internal", _internal)
