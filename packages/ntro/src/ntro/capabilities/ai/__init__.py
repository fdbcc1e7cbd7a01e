"""Models of the tenant's own choice: they read what no reader knows, and are never taken at their word.

An answer is one JSON object of a known shape, or an error; it is kept with the provider, model and prompt that gave it.
"""

from ntro.capabilities.ai.errors import (
    AIError,
    AINotConfiguredError,
    AnswerError,
    ProviderError,
    ProviderNotAvailableError,
    RefusedAnswerError,
    TruncatedAnswerError,
    UnreadableAnswerError,
)
from ntro.capabilities.ai.extraction import extract
from ntro.capabilities.ai.models import ExtractionIssue, ExtractionResult
from ntro.capabilities.ai.providers import (
    AIProvider,
    AnthropicProvider,
    CompletionResponse,
    OpenAICompatibleProvider,
    StreamingProvider,
    build_provider,
)
from ntro.capabilities.ai.settings import AIConfig, AIModels, ProviderName, resolve, use_config

__all__ = [
    "AIConfig",
    "AIError",
    "AIModels",
    "AINotConfiguredError",
    "AIProvider",
    "AnswerError",
    "AnthropicProvider",
    "CompletionResponse",
    "ExtractionIssue",
    "ExtractionResult",
    "OpenAICompatibleProvider",
    "ProviderError",
    "ProviderName",
    "ProviderNotAvailableError",
    "RefusedAnswerError",
    "StreamingProvider",
    "TruncatedAnswerError",
    "UnreadableAnswerError",
    "build_provider",
    "extract",
    "resolve",
    "use_config",
]
