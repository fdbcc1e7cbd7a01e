"""Who answers: providers of models behind one protocol. Their libraries load when one is first used."""

from ntro.capabilities.ai.providers._anthropic import AnthropicProvider
from ntro.capabilities.ai.providers._openai import OpenAICompatibleProvider
from ntro.capabilities.ai.providers.building import build_provider
from ntro.capabilities.ai.providers.protocol import (
    AIProvider,
    CompletionResponse,
    OnText,
    StreamingProvider,
)

__all__ = [
    "AIProvider",
    "AnthropicProvider",
    "CompletionResponse",
    "OnText",
    "OpenAICompatibleProvider",
    "StreamingProvider",
    "build_provider",
]
