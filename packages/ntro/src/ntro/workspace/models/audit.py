"""Who changed what in the registry."""
# ruff: noqa: N815 - attribute names are the names on the wire

from pydantic import Field

from ntro.workspace.models.base import Answer


class AdministrativeAct(Answer):
    """One act. `actor` is `key:<id>`, `user:<id>` or `system`; `changed` names members, never their values."""

    id: str
    at: str
    actor: str
    action: str
    objectType: str
    objectId: str
    tenantId: str | None = None
    requestId: str | None = None
    changed: list[str] = Field(default_factory=list)
