"""People: their roles, and how they sign in."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from ntro.workspace.models.base import Answer, Name, Reference, Request

UserRole = Literal["admin", "operations", "accountant", "reviewer", "auditor"]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)]


def _distinct(roles: list[str]) -> list[str]:
    return list(dict.fromkeys(roles))


Roles = Annotated[list[UserRole], Field(min_length=1, max_length=5), AfterValidator(_distinct)]


class UserCreate(Request):
    """Body of `POST /workspace/users`. Without `tenantId` the person works for every tenant."""

    email: Email
    name: Name
    roles: Roles
    tenantId: Reference | None = None


class UserUpdate(Request):
    """Body of `PATCH /workspace/users/{id}`. A disabled person's keys end at once."""

    name: Name | None = None
    roles: Roles | None = None
    disabled: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> "UserUpdate":
        if self.name is None and self.roles is None and self.disabled is None:
            raise ValueError("name, roles or disabled is needed")
        return self


class User(Answer):
    """A person. In cells and in the audit trail it is `user:<id>`, whatever key it uses."""

    id: str
    email: str
    name: str
    roles: list[str]
    tenantId: str | None = None
    disabledAt: str | None = None
    createdAt: str | None = None
    updatedAt: str | None = None


class SignInCode(Answer):
    """A code that signs one person in, once, within minutes; shown this once."""

    code: str
    expiresAt: str


class SignInRequest(Request):
    """Body of `POST /sign-in`."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SignedIn(Answer):
    """A key that acts as the person until it expires; shown this once."""

    apiKey: str
    expiresAt: str
    user: User


class ConsoleLinkRequest(Request):
    """Body of `POST /workspace/sign-in-link`. Without `userId` (id or e-mail address) the link is for the caller."""

    userId: Reference | None = None
