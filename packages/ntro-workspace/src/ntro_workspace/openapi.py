"""The OpenAPI document of Workspace, made without a database."""

from typing import Any

from ntro_workspace.app import routed_app


def document() -> dict[str, Any]:
    """The document, the same for every installation."""
    return routed_app().openapi()
