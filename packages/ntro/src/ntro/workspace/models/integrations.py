"""Data platforms and e-mail integrations: the part of them that is not secret."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ntro.workspace.models.base import Answer, JsonObject, Name, Reference, Request

PlatformProvider = Literal["DATABRICKS", "SNOWFLAKE", "MICROSOFT_FABRIC", "GCP_BIGQUERY"]
PlatformOwnership = Literal["SELF_MANAGED", "NTRO_MANAGED"]


class DataPlatformCreate(Request):
    """Body of `POST /workspace/data`. Secrets in `config` are taken and masked; they are never answered."""

    name: Name
    provider: PlatformProvider
    ownership: PlatformOwnership = "SELF_MANAGED"
    region: Annotated[str, StringConstraints(max_length=100)] | None = None
    config: JsonObject = Field(default_factory=dict)


class DataPlatformUpdate(Request):
    """Body of `PATCH /workspace/data/{id}`: what is given changes; `config` replaces the whole config.

    A secret sent as `***` stays what it was; secrets are entered all anew or not at all.
    """

    name: Name | None = None
    region: Annotated[str, StringConstraints(max_length=100)] | None = None
    config: JsonObject | None = None


class DataPlatform(Answer):
    """A data platform; secrets in `config` read `***`."""

    id: str
    name: str
    provider: str
    ownership: str = "SELF_MANAGED"
    region: str | None = None
    config: JsonObject = Field(default_factory=dict)
    createdAt: str | None = None
    updatedAt: str | None = None


class ConnectionTest(Answer):
    """Result of a connection test; a failed one is an answer, not an error."""

    success: bool
    message: str
    latencyMs: int | None = None


class PlatformSchema(Answer):
    """A schema of a data platform and its tables."""

    name: str
    tables: list[str] = Field(default_factory=list)


class EmailIntegrationCreate(Request):
    """Body of `POST /workspace/integrations/email`."""

    tenantId: Reference
    provider: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,49}$")] = "microsoft-graph"
    address: Annotated[str, StringConstraints(max_length=320)] | None = None


class EmailIntegration(Answer):
    """An e-mail integration of a tenant."""

    id: str
    tenantId: str
    provider: str
    address: str | None = None
    createdAt: str | None = None
