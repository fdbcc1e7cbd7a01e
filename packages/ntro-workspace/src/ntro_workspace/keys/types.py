"""Who is calling, and what a kind of key may do."""

from dataclasses import dataclass
from uuid import UUID

from ntro_server.errors import Forbidden, NotFound

SPEAK_FOR_USERS = "speak-for-users"
"""The right to ask for tokens in the name of others. Who has it can be two people at a gate that asks for two."""

SCOPES_OF_KIND: dict[str, tuple[str, ...]] = {
    "admin": ("read", "write", "decide", "keys", "provision", SPEAK_FOR_USERS),
    "workspace": ("read", "write", "decide"),
    "tenant": ("read", "write", "decide"),
    "cell": ("internal",),
    "agent": ("read", "write"),
}
"""All scopes a key of that kind can have, in the order they are shown."""

GIVEN_ON_PURPOSE = frozenset({SPEAK_FOR_USERS})
"""Scopes that a key gets only where they are asked for by name."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified key. `tenant_id` none means: every tenant."""

    key_id: str
    kind: str
    name: str
    tenant_id: UUID | None
    scopes: frozenset[str]

    @property
    def subject(self) -> str:
        """Who acts, as cells and the audit trail name it."""
        return f"key:{self.key_id}"

    def require(self, scope: str) -> None:
        """Raises `Forbidden` unless the key has `scope`."""
        if scope not in self.scopes:
            raise Forbidden(f"This key may not do that; it lacks the scope {scope}.", hint="Use a key with that scope.")

    def require_workspace(self) -> None:
        """Raises `Forbidden` for a key that belongs to one tenant."""
        if self.tenant_id is not None:
            raise Forbidden("A key of one tenant may not do that.", hint="Use a workspace key.")

    def check_tenant(self, tenant_id: UUID, *, what: str, writing: bool) -> None:
        """Another tenant's things do not exist for a reader and are forbidden to a writer."""
        if self.tenant_id is None or self.tenant_id == tenant_id:
            return
        if writing:
            raise Forbidden("This key belongs to another tenant.", hint="Use a key of that tenant or a workspace key.")
        raise NotFound(f"There is no such {what}.")
