"""How an agent is used: its own row first, then the tenant's configuration, then the worker's."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ntro.agents.registry import RegisteredAgent
from ntro.capabilities import config, sealed
from ntro.capabilities.secret import Secret
from ntro.types.validation import in_words
from ntro.workflow.agents.providers import AgentHostError

if TYPE_CHECKING:
    from ntro.data import DataPlane

SETTINGS_KEY = "agents"
"""The member of a tenant's configuration that maps an agent's id or name to its settings."""

_TENANT_AGENTS = "select config -> 'agents' as agents from system.tenant"


class AgentSettings(BaseModel):
    """Settings of one agent. `secret` opens its host where the worker's own key is not meant."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    environment_id: str | None = None
    vault_ids: list[str] = Field(default=[], max_length=20)
    version: int | None = Field(default=None, ge=1)
    budget_usd: Decimal | None = Field(default=None, gt=0, decimal_places=2)
    secret: Secret | None = None


async def settings_of(plane: "DataPlane", agent: RegisteredAgent) -> AgentSettings:
    """The settings of `agent`.

    Raises:
        AgentHostError: they do not fit, or hold a sealed secret that does not open here.
    """
    row = await plane.fetchrow(_TENANT_AGENTS)
    tenant = (row or {}).get("agents") or {}
    own: dict[str, Any] = {**_worker_wide(agent.kind), **tenant.get(agent.name, {}), **tenant.get(agent.id, {})}
    try:
        return AgentSettings.model_validate(sealed.opened(own | agent.settings))
    except sealed.SealedSecretError as error:
        raise AgentHostError(f"The settings of agent {agent.name}: {error}", retryable=False) from error
    except ValidationError as error:
        raise AgentHostError(
            f"The settings of agent {agent.name} do not fit: {in_words(error)}.", retryable=False
        ) from error


def _worker_wide(kind: str) -> dict[str, Any]:
    if kind != "claude_managed":
        return {}
    worker = config.get()
    vaults = [vault.strip() for vault in worker.anthropic_vault_ids.split(",") if vault.strip()]
    return {"environment_id": worker.anthropic_environment_id or None, "vault_ids": vaults}
