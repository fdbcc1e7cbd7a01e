"""Who acts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

READ_ONLY_ROLES = frozenset({"auditor"})
AGENT_ROLE = "agent"


@dataclass(frozen=True, slots=True)
class Person:
    """A person, or the agent `agent_id`, that Workspace vouched for until `expires_at`."""

    subject: str
    name: str
    roles: frozenset[str]
    expires_at: datetime
    agent_id: UUID | None = None

    @property
    def may_write(self) -> bool:
        """False for auditors and for who has no role at all."""
        return bool(self.roles - READ_ONLY_ROLES)

    @property
    def may_decide(self) -> bool:
        """Whoever may write decides gates; an agent only those that `agent_gates` opens to it, whatever else it may."""
        return self.may_write and AGENT_ROLE not in self.roles
