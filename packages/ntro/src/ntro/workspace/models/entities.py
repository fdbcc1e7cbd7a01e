"""Entities: companies, SPVs, funds and cells of a tenant."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, StringConstraints

from ntro.workspace.models.base import Answer, JsonObject, Name, Request, Slug

ShortText = Annotated[str, StringConstraints(max_length=100)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
_SCHEMA_SPELLINGS = AliasChoices("schema_", "schema")


class EntityCreate(Request):
    """Body of `POST /workspace/tenants/{t}/entities`. `schema` and `schema_` are the same member."""

    name: Name
    slug: Slug
    type: ShortText | None = None
    jurisdiction: ShortText | None = None
    currency: Currency | None = None
    schema_: Annotated[ShortText | None, Field(validation_alias=_SCHEMA_SPELLINGS)] = None
    config: JsonObject = Field(default_factory=dict)


class EntityUpdate(Request):
    """Body of `PATCH /workspace/tenants/{t}/entities/{e}`; replaces the whole config."""

    config: JsonObject


class EntityWarning(Answer):
    """Another entity's name is the same after normalising."""

    kind: Literal["duplicate_candidate"] = "duplicate_candidate"
    existing: dict[str, Any]
    normalisedName: str | None = None
    message: str | None = None


class Entity(Answer):
    """An entity; `tenantId` is always the id. The schema is answered under both its spellings."""

    id: str
    name: str
    slug: str
    tenantId: str
    type: str | None = None
    jurisdiction: str | None = None
    currency: str | None = None
    schema_: Annotated[str | None, Field(validation_alias=_SCHEMA_SPELLINGS)] = None
    schemaSlug: Annotated[str | None, Field(alias="schema")] = None
    config: JsonObject | None = None
    createdAt: str | None = None
    updatedAt: str | None = None
    warnings: list[EntityWarning] | None = None
