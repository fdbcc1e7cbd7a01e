"""The OpenAPI document of Workspace, made without a database."""

from typing import Any

from pydantic import SecretStr

from ntro_workspace.app import create_app
from ntro_workspace.settings import WorkspaceSettings

_NOTHING = SecretStr("")


def document() -> dict[str, Any]:
    """The document, the same for every installation."""
    settings = WorkspaceSettings(
        port=3000,
        public_url="http://127.0.0.1:3000",
        database_url=_NOTHING,
        temporal_address="",
        pepper=_NOTHING,
        signing_key=_NOTHING,
        admin_key=_NOTHING,
    )
    return create_app(settings).openapi()
