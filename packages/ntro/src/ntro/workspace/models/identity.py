"""Who is calling."""
# ruff: noqa: N815 - attribute names are the names on the wire

from pydantic import Field

from ntro.workspace.models.base import Answer


class Identity(Answer):
    """Answer of `GET /me`. `tenantId` is set where the key belongs to one tenant."""

    id: str
    email: str
    name: str
    orgId: str
    roles: list[str] = Field(default_factory=list)
    kind: str | None = None
    scopes: list[str] = Field(default_factory=list)
    tenantId: str | None = None
