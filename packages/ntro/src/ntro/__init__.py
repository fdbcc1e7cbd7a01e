"""The ntro SDK."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ntro.workspace.client import Client

__all__ = ["Client"]


def __getattr__(name: str) -> Any:
    if name != "Client":
        raise AttributeError(f"module {__name__} has no attribute {name}")
    from ntro.workspace.client import Client  # noqa: PLC0415 - loaded when it is first named: it brings the HTTP client

    return Client
