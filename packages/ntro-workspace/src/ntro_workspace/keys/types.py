"""Who is calling, and what a kind of key may do."""

from dataclasses import dataclass
from uuid import UUID

from ntro.types.actors import agent_actor
from ntro_server.errors import Forbidden, NotFound

SPEAK_FOR_USERS = "speak-for-users"
"""The right to ask for tokens in the name of others. Who has it can be two people at a gate that asks for two."""

SCOPES_OF_KIND: dict[str, tuple[str, ...]] = {
    "admin": ("read", "write", "decide", "keys", "audit", "provision", SPEAK_FOR_USERS),
    "workspace": ("read", "write", "decide"),
    "tenant": ("read", "write", "decide"),
    "cell": ("internal",),
    "agent": ("read",),
    "user": ("read", "write", "decide", "keys", "audit"),
}
"""All scopes a key of that kind can have, in the order they are shown."""

GIVEN_ON_PURPOSE = frozenset({SPEAK_FOR_USERS})
"""Scopes that a key gets only where they are asked for by name."""

SCOPES_OF_ROLE: dict[str, tuple[str, ...]] = {
    "admin": ("read", "write", "decide", "keys", "audit"),
    "operations": ("read", "write"),
    "accountant": ("read", "decide"),
    "reviewer": ("read", "decide"),
    "auditor": ("read", "audit"),
}
"""What a person's role lets their keys do in Workspace."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified key. `tenant_id` none means: every tenant.

    `user_id` and `roles` are set where the key is a person's, `agent_id` where it is an agent's.
    """

    key_id: str
    kind: str
    name: str
    tenant_id: UUID | None
    scopes: frozenset[str]
    user_id: UUID | None = None
    roles: tuple[str, ...] = ()
    agent_id: UUID | None = None

    @property
    def subject(self) -> str:
        """Who acts, as cells and the audit trail name it: with several keys a person or an agent stays one."""
        if self.agent_id is not None:
            return agent_actor(self.agent_id)
        return f"key:{self.key_id}" if self.user_id is None else f"user:{self.user_id}"

    def require(self, scope: str) -> None:
        """Raises `Forbidden` unless the key has `scope`."""
        if scope not in self.scopes:
            raise Forbidden(f"This key may not do that; it lacks the scope {scope}.", hint="Use a key with that scope.")

    def require_workspace(self) -> None:
        """Raises `Forbidden` for a key that belongs to one tenant."""
        if self.tenant_id is not None:
            raise Forbidden("A key of one tenant may not do that.", hint="Use a workspace key.")

    def check_tenant(self, tenant_id: UUID, *, what: str) -> None:
        """Raises `NotFound` for another tenant's things: to this key they do not exist."""
        if self.tenant_id is not None and self.tenant_id != tenant_id:
            raise NotFound(f"There is no such {what}.", hint="Or it belongs to a tenant that this key does not serve.")
