"""Which provider serves an entity. A provider is made once for each connection, never kept after it has changed."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from ntro.capabilities.gl.errors import ConnectionError_, ProviderNotRegisteredError
from ntro.capabilities.gl.interface import GLProvider
from ntro.capabilities.sealed import opened
from ntro.workflow.payloads import payload_hash

MAX_KEPT = 256

Factory = Callable[[dict[str, Any]], GLProvider]
_factories: dict[str, Factory] = {}
_kept: dict[tuple[UUID, str, str], GLProvider] = {}


def register_provider(name: str, factory: Factory) -> None:
    """Lets `gl.provider` be `name`; of two with one name the later counts.

    Args:
        name: what a tenant's configuration says.
        factory: makes the provider from the tenant's configuration, its secrets opened and `entity_id` added.
    """
    _factories[name] = factory
    for key in [key for key in _kept if key[1] == name]:
        del _kept[key]


def registered_providers() -> list[str]:
    """The names of all providers, in order."""
    return sorted(_factories)


async def for_entity(entity_id: UUID, *, tenant_config: Mapping[str, Any]) -> GLProvider:
    """The general ledger of an entity, by `tenant_config["gl"]`: `{"provider", "options"}`.

    Nothing is posted by default: the tenant's own ledger is a provider too, `internal`, and has to be named.

    Raises:
        ConnectionError_: no ledger is configured or connected.
        ProviderNotRegisteredError: the configured name is unknown.
        SealedSecretError: a secret of the configuration was sealed for another cell.
    """
    gl = tenant_config.get("gl")
    name = gl.get("provider") if isinstance(gl, Mapping) else None
    if not isinstance(name, str) or not name:
        raise ConnectionError_(
            "No general ledger is configured; connect one, or set gl.provider to internal for the tenant's own.",
            provider="none",
            operation="connect",
        )
    if name not in _factories:
        known = ", ".join(registered_providers())
        raise ProviderNotRegisteredError(f"No provider is registered as {name!r}; registered are: {known}.")
    # Everything that a provider could look at, so that no change of it is missed.
    key = (entity_id, name, payload_hash(dict(tenant_config)))
    if key not in _kept:
        while len(_kept) >= MAX_KEPT:
            del _kept[next(iter(_kept))]
        _kept[key] = _factories[name]({**opened(tenant_config), "entity_id": str(entity_id)})
    return _kept[key]
