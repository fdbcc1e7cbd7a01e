"""The Workspace as its clients see it. What is heavy to load is loaded when it is first named."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ntro.workspace._retry import RetryPolicy
    from ntro.workspace.cell import CellClient
    from ntro.workspace.client import Client
    from ntro.workspace.errors import (
        AuthenticationError,
        AuthorizationError,
        ConfigError,
        ConflictError,
        NotFoundError,
        NtroAPIError,
        NtroConnectionError,
        NtroError,
        ValidationError,
    )

__all__ = [
    "AuthenticationError",
    "AuthorizationError",
    "CellClient",
    "Client",
    "ConfigError",
    "ConflictError",
    "NotFoundError",
    "NtroAPIError",
    "NtroConnectionError",
    "NtroError",
    "RetryPolicy",
    "ValidationError",
]

_ELSEWHERE = {
    "CellClient": "ntro.workspace.cell",
    "Client": "ntro.workspace.client",
    "RetryPolicy": "ntro.workspace._retry",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(_ELSEWHERE.get(name, "ntro.workspace.errors")), name)
