"""References to agents that are hosted elsewhere."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from ntro.workspace.models.base import Answer, JsonObject, Name, Reference, Request, Text

AgentKind = Literal["claude_managed", "azure_ai_agent", "vertex_agent", "openai_assistant"]
AgentPath = Annotated[
    str, StringConstraints(pattern=r"^(anthropic|copilot)://agents/[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}$")
]
"""A kind and an id in one: `anthropic://agents/<id>` or `copilot://agents/<id>`."""

KIND_OF_SCHEME = {"anthropic": "claude_managed", "copilot": "copilot_agent"}
HIDDEN_KINDS = ("copilot_agent",)
"""Kinds the published clients refuse: shown in lists to those who ask for them."""

ExternalReference = Annotated[str, StringConstraints(min_length=1, max_length=500)]


HostId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}$")]
"""An id at an agent's host."""


def _some(amount: str) -> str:
    if not amount.strip("0."):
        raise ValueError("a budget is above 0.00")
    return amount


Dollars = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,7}(\.[0-9]{1,2})?$"), AfterValidator(_some)]
"""US dollars above zero, as text: `5` or `5.00`."""


class AgentManifest(Request):
    """How one agent is used, by runs of every worker; it wins over the tenant's configuration.

    `budget_usd` is what one session may cost at most, in US dollars, as text. There is no place for a secret here:
    Workspace keeps this readable.
    """

    environment_id: HostId | None = None
    vault_ids: Annotated[list[HostId], Field(max_length=20)] | None = None
    version: Annotated[int, Field(ge=1)] | None = None
    budget_usd: Dollars | None = None

    @property
    def settings(self) -> JsonObject:
        """The members that say something."""
        return self.model_dump(exclude_none=True)


class AgentCreate(Request):
    """Body of `POST /workspace/registry/agents`: a `path`, or a `kind` with its `externalRef`.

    `credentialsRef` names a secret, it never is one.
    """

    tenantId: Reference
    kind: AgentKind | None = None
    name: Name
    externalRef: ExternalReference | None = None
    path: AgentPath | None = None
    description: Text | None = None
    credentialsRef: ExternalReference | None = None
    capabilityManifest: AgentManifest | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "AgentCreate":
        if self.path is not None and (self.kind, self.externalRef) != (None, None):
            raise ValueError("path says kind and externalRef; leave these out")
        if self.path is None and (self.kind is None or self.externalRef is None):
            raise ValueError("kind and externalRef are needed, or a path such as anthropic://agents/ID")
        return self

    @property
    def reference(self) -> tuple[str, str]:
        """Kind and id at the host."""
        if self.path is not None:
            scheme, _, agent = self.path.partition("://agents/")
            return KIND_OF_SCHEME[scheme], agent
        return str(self.kind), str(self.externalRef)


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


class AgentStanding(Answer):
    """Answer of `GET /internal/agents/{id}/standing`: whether the key that was named counts now."""

    valid: bool
