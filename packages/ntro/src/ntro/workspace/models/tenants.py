"""Tenants, and the short-lived doors to a tenant's cell."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from ntro.workspace.models.base import Answer, JsonObject, Name, Reference, Request, Slug, open_enum

DataPlatformKind = Literal["managed-postgres", "snowflake", "microsoft-fabric"]
TenantStatus = Annotated[
    str,
    open_enum("REQUESTED", "PROVISIONING", "ACTIVE", "SUSPENDED", "DEPROVISIONING", "FAILED", "DECOMMISSIONED"),
]
ProvisioningStatus = Literal["PROVISIONING", "ACTIVE", "FAILED", "DECOMMISSIONED"]
TenantSlug = Annotated[Slug, StringConstraints(max_length=40)]
Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_-]{0,31}$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=500)]


class TenantCreate(Request):
    """Body of `POST /workspace/tenants`. Without `dataPlatform` it follows from the named data platform."""

    name: Name
    slug: TenantSlug
    dataPlatform: DataPlatformKind | None = None
    dataPlatformConfigId: Reference | None = None
    config: JsonObject = Field(default_factory=dict)


class TenantUpdate(Request):
    """Body of `PATCH /workspace/tenants/{t}`. `config` replaces the whole config; `relay` opens or closes the relay."""

    config: JsonObject | None = None
    relay: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> "TenantUpdate":
        if self.config is None and self.relay is None:
            raise ValueError("config or relay is needed")
        return self


class Tenant(Answer):
    """A client of the organisation. `url` and `uiUrl` say where its cell is, once it is provisioned."""

    id: str
    name: str
    slug: str
    dataPlatform: str
    dataPlatformConfigId: str | None = None
    status: TenantStatus = "REQUESTED"
    config: JsonObject | None = None
    entityCount: int = 0
    url: str | None = None
    uiUrl: str | None = None
    relay: bool = True
    createdAt: str | None = None
    updatedAt: str | None = None


class AccessRequest(Request):
    """For whom a token is. Without a body it is for the key itself, with all roles the key may give.

    Another `subject` or `name` than the key's own needs the scope `speak-for-users`. An agent may bind its token to
    one task by `taskId`.
    """

    subject: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    name: Name | None = None
    roles: (
        Annotated[list[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_-]{0,31}$")]], Field(max_length=10)] | None
    ) = None
    taskId: Annotated[UUID, Field(strict=False)] | None = None


class AccessToken(Answer):
    """A bearer token of some minutes for the cell at `url`."""

    token: str
    expiresAt: str
    url: str
    uiUrl: str | None = None


class SignInLink(Answer):
    """A link that opens one browser session, once."""

    url: str
    expiresAt: str


class TenantProvision(Request):
    """Body of `PUT /internal/provisioning/{tenantId}`."""

    status: ProvisioningStatus
    url: Url | None = None
    uiUrl: Url | None = None
    sealingPublicKey: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")] | None = None


class ProvisioningItem(Answer):
    """A tenant as its host needs it."""

    tenantId: str
    slug: str
    name: str
    status: TenantStatus
    url: str | None = None
    uiUrl: str | None = None


class ProvisioningList(Answer):
    """Answer of `GET /internal/provisioning`."""

    items: list[ProvisioningItem]


class CellKey(Answer):
    """A new key of kind `cell`, shown this once."""

    apiKey: str


class PublicKey(Answer):
    """PEM of the key that verifies Workspace's tokens."""

    publicKey: str
