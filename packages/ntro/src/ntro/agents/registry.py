"""Which agent an id stands for: asked of Workspace with the worker's own credentials."""

from dataclasses import dataclass
from typing import Any

from ntro.capabilities import config
from ntro.workflow.agents.providers import AgentHostError
from ntro.workspace import Client
from ntro.workspace.errors import AuthenticationError, AuthorizationError, NotFoundError, NtroError

SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class RegisteredAgent:
    """A reference to an agent. `external_ref` is the host's address of it, `settings` what the row says of its use."""

    id: str
    name: str
    kind: str
    external_ref: str
    settings: dict[str, Any]

    @property
    def native_id(self) -> str:
        """The agent's id at its host: the last part of its address."""
        return self.external_ref.rstrip("/").rsplit("/", 1)[-1]


async def find_agent(agent_id: str) -> RegisteredAgent:
    """The agent of an id, if it is this worker's tenant's.

    Raises:
        AgentHostError: there is none, it has no address at a host, or Workspace does not answer.
    """
    worker = config.get()
    key = worker.workspace_api_key.get_secret_value()
    async with Client(host=worker.workspace_api_url, api_key=key, timeout=SECONDS) as client:
        try:
            found = await client.agents.get(agent_id)
        except (NotFoundError, AuthenticationError, AuthorizationError) as error:
            raise AgentHostError(
                f"The agent {agent_id} is not registered for this tenant: {error.message} Register it with: "
                "ntro agent create",
                retryable=False,
            ) from error
        except NtroError as error:
            raise AgentHostError(
                f"Workspace was asked for the agent {agent_id}: {error.message}", retryable=True
            ) from error
    if worker.tenant_id and found.tenantId != worker.tenant_id:
        raise AgentHostError(f"The agent {agent_id} belongs to another tenant.", retryable=False)
    if not found.externalRef:
        raise AgentHostError(f"The agent {agent_id} has no address at its host. Register it again.", retryable=False)
    return RegisteredAgent(found.id, found.name, found.kind, found.externalRef, found.capabilityManifest or {})
