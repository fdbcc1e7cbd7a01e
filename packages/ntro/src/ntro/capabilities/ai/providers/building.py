"""The provider of a configuration, with the worker's credentials for it."""

from collections.abc import Callable, Mapping

from ntro.capabilities import config
from ntro.capabilities.ai.errors import AINotConfiguredError, ProviderNotAvailableError
from ntro.capabilities.ai.providers._anthropic import AnthropicProvider
from ntro.capabilities.ai.providers._openai import OpenAICompatibleProvider
from ntro.capabilities.ai.providers.protocol import AIProvider
from ntro.capabilities.ai.settings import AIConfig, ProviderName
from ntro.capabilities.config import WorkerConfig


def build_provider(chosen: AIConfig) -> AIProvider:
    """The provider that `chosen` names.

    Raises:
        AINotConfiguredError: the worker lacks an address or key for it.
        ProviderNotAvailableError: this platform cannot reach it.
    """
    return _BUILDERS[chosen.provider](config.get())


def _anthropic(worker: WorkerConfig) -> AIProvider:
    key = _needed(worker.anthropic_api_key.get_secret_value(), "ANTHROPIC", "ANTHROPIC_API_KEY")
    return AnthropicProvider(key, worker.anthropic_base_url)


def _own(worker: WorkerConfig) -> AIProvider:
    """The platform's own server stands in the tenant's network and asks for no key by default."""
    return OpenAICompatibleProvider(worker.ai_base_url, worker.ai_api_key.get_secret_value() or None)


def _azure(worker: WorkerConfig) -> AIProvider:
    endpoint = _needed(worker.azure_openai_endpoint, "AZURE_OPENAI", "AZURE_OPENAI_ENDPOINT")
    key = _needed(worker.azure_openai_api_key.get_secret_value(), "AZURE_OPENAI", "AZURE_OPENAI_API_KEY")
    base = f"{endpoint.rstrip('/')}/openai/v1"
    return OpenAICompatibleProvider(base, extra_headers={"api-key": key}, name="Azure OpenAI")


def _databricks(worker: WorkerConfig) -> AIProvider:
    host = _needed(worker.databricks_host, "DATABRICKS_FM", "DATABRICKS_HOST")
    token = _needed(worker.databricks_token.get_secret_value(), "DATABRICKS_FM", "DATABRICKS_TOKEN")
    address = host if "://" in host else f"https://{host}"
    return OpenAICompatibleProvider(f"{address.rstrip('/')}/serving-endpoints", token, name="Databricks")


def _bedrock(_worker: WorkerConfig) -> AIProvider:
    raise ProviderNotAvailableError(
        "The provider BEDROCK is not available here; choose ANTHROPIC, AZURE_OPENAI, DATABRICKS_FM or NTROPII."
    )


def _needed(value: str, provider: str, variable: str) -> str:
    if not value:
        raise AINotConfiguredError(f"The provider {provider} needs {variable} of the worker.")
    return value


_BUILDERS: Mapping[ProviderName, Callable[[WorkerConfig], AIProvider]] = {
    "ANTHROPIC": _anthropic,
    "NTROPII": _own,
    "AZURE_OPENAI": _azure,
    "DATABRICKS_FM": _databricks,
    "BEDROCK": _bedrock,
}
