"""Which provider and models answer: the tenant's own choice for a call, or what the worker is configured with."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ntro.capabilities import config
from ntro.capabilities.ai.errors import AINotConfiguredError

ProviderName = Literal["NTROPII", "ANTHROPIC", "AZURE_OPENAI", "BEDROCK", "DATABRICKS_FM"]
Slot = Literal["extraction", "judgement"]

DEFAULT_MODELS: Mapping[ProviderName, str] = {
    "ANTHROPIC": "claude-haiku-4-5-20251001",
    # The name under which the platform's own model server serves whatever model it has.
    "NTROPII": "default",
}
"""Models of providers that have one by default. The others name deployments, which only their owner knows."""


class AIModels(BaseModel):
    """The models for each kind of work; one that is empty is `default`, and without that the provider's own default."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    extraction: str = ""
    judgement: str = ""
    default: str = ""

    def for_capability(self, slot: Slot, provider: ProviderName = "ANTHROPIC") -> str:
        """The model for `slot` at `provider`.

        Raises:
            AINotConfiguredError: none is named and the provider has no default.
        """
        chosen = getattr(self, slot, "") or self.default or DEFAULT_MODELS.get(provider, "")
        if not chosen:
            raise AINotConfiguredError(
                f"The provider {provider} has no model by default; name one in ai.models.{slot} or ai.models.default."
            )
        return str(chosen)


class AIConfig(BaseModel):
    """A tenant's choice of provider and models. `cache_days` is how long an answer is used again; 0 never."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    provider: ProviderName = "ANTHROPIC"
    models: AIModels = Field(default_factory=AIModels)
    cache_days: int = Field(default=365, ge=0, le=3_650)


_chosen: ContextVar[AIConfig | None] = ContextVar("ntro_ai_config", default=None)


def use_config(value: Any) -> None:
    """Let `value` decide for the calls that follow in this activity.

    Args:
        value: an `AIConfig`, the section `ai` of a tenant's configuration, or a run's input that holds one under `ai`,
            each as a mapping or model. None, an empty one and one without a provider take the choice back.

    Raises:
        TypeError: it is none of these.
        pydantic.ValidationError: the provider is unknown.
    """
    _chosen.set(config_of(value))


def config_of(value: Any) -> AIConfig | None:
    """The choice that `value` holds, see `use_config`; none where it holds none."""
    if value is None or isinstance(value, AIConfig):
        return value
    section = value.model_dump() if isinstance(value, BaseModel) else value
    if not isinstance(section, Mapping):
        raise TypeError(f"an AI configuration is a mapping or a model, not a {type(value).__name__}")
    if "ai" in section or "tenant_slug" in section:
        section = section.get("ai") or {}
        if isinstance(section, BaseModel):
            section = section.model_dump()
        if not isinstance(section, Mapping):
            raise TypeError(f"the section ai is a mapping, not a {type(section).__name__}")
    return AIConfig.model_validate(dict(section)) if section.get("provider") else None


def resolve() -> AIConfig:
    """The choice for this activity, else Anthropic where the worker has a key for it.

    Raises:
        AINotConfiguredError: neither is there.
    """
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    if config.get().anthropic_api_key.get_secret_value():
        return AIConfig()
    raise AINotConfiguredError(
        "No AI provider is configured; set ai.provider of the tenant, or ANTHROPIC_API_KEY of the worker."
    )
