"""References to agents that are hosted elsewhere."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Literal

from pydantic import StringConstraints

from ntro.workspace.models.base import Answer, JsonObject, Name, Reference, Request, Text

AgentKind = Literal["claude_managed", "azure_ai_agent", "vertex_agent", "openai_assistant"]
ExternalReference = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class AgentCreate(Request):
    """Body of `POST /workspace/registry/agents`. `credentialsRef` names a secret, it never is one."""

    tenantId: Reference
    kind: AgentKind
    name: Name
    externalRef: ExternalReference
    description: Text | None = None
    credentialsRef: ExternalReference | None = None


class AgentVersionCreate(Request):
    """Body of `POST /workspace/registry/agents/{id}/versions`."""

    artifactUrl: ExternalReference | None = None
    changelog: Text | None = None


class AgentVersion(Answer):
    """One version of an agent; numbers count from 1."""

    id: str
    agentId: str
    version: int
    artifactUrl: str | None = None
    changelog: str | None = None
    createdAt: str | None = None


class Agent(Answer):
    """An agent; `apiKeyRef` is the visible prefix of its key."""

    id: str
    orgId: str | None = None
    tenantId: str
    name: str
    description: str | None = None
    kind: str
    externalRef: str
    credentialsRef: str | None = None
    capabilityManifest: JsonObject | None = None
    mcpUrl: str | None = None
    apiKeyRef: str | None = None
    versions: list[AgentVersion] | None = None
    createdAt: str | None = None
    updatedAt: str | None = None


class AgentCreated(Agent):
    """Answer of the creation; `apiKey` is shown this once."""

    apiKey: str | None = None
