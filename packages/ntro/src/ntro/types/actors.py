"""How whoever acts is named in tokens, decisions and logs."""

from uuid import UUID

AGENT = "agent:"
"""What the name of an actor begins with where it is an agent."""


def agent_actor(agent_id: UUID | str) -> str:
    """The name of an agent as an actor."""
    return f"{AGENT}{agent_id}"


def is_agent(actor: str | None) -> bool:
    """Whether it is an agent that acts, not a person."""
    return actor is not None and actor.startswith(AGENT)
