"""API keys: minted, listed, revoked. The plaintext is in the answer that created the key and nowhere else."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from ntro.workspace.models.base import Answer, Name, Reference, Request

KeyKind = Literal["admin", "workspace", "tenant", "cell", "agent", "user"]
Scope = Literal["read", "write", "decide", "keys", "audit", "provision", "internal", "speak-for-users"]


class KeyCreate(Request):
    """Body of `POST /workspace/keys`. Without `scopes` the key gets all that its kind usually has.

    `speak-for-users` lets an admin key ask for tokens in the name of others; it is given only where it is named.

    `tenantId` (id or slug) is required for the kinds `tenant`, `cell` and `agent` and forbidden for the others;
    `userId` (id or e-mail address) is required for the kind `user`, whose keys act as that person.
    """

    name: Name
    kind: KeyKind = "tenant"
    tenantId: Reference | None = None
    userId: Reference | None = None
    scopes: Annotated[list[Scope], Field(max_length=10)] | None = None
    expiresAt: Annotated[AwareDatetime, Field(strict=False)] | None = None


MAX_OVERLAP_SECONDS = 30 * 24 * 3600


class KeyRotate(Request):
    """Body of `POST /workspace/keys/{id}/rotate`. The old key works on for `overlapSeconds`."""

    overlapSeconds: Annotated[int, Field(ge=0, le=MAX_OVERLAP_SECONDS)] = 24 * 3600
    expiresAt: Annotated[AwareDatetime, Field(strict=False)] | None = None


class Key(Answer):
    """A key without its secret. `prefix` is the part that may be shown: `ntro_<kind>_<id>`."""

    id: str
    name: str
    kind: str
    prefix: str
    tenantId: str | None = None
    userId: str | None = None
    rotatedFrom: str | None = None
    scopes: list[str] = Field(default_factory=list)
    createdAt: str | None = None
    expiresAt: str | None = None
    revokedAt: str | None = None
    lastUsedAt: str | None = None


class KeyCreated(Key):
    """Answer of the creation; `apiKey` is shown this once."""

    apiKey: str
