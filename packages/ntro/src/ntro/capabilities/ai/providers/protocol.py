"""What every provider can do, and what it answers with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

OnText = Callable[[str], Awaitable[None]]
"""Takes the next fragment of an answer."""


@dataclass(frozen=True, slots=True)
class CompletionResponse:
    """A complete answer: its text, and what the provider said about it.

    Args:
        text: what the model wrote.
        raw: the provider's answer without that text: ids, the model that answered, counts.
        stop_reason: why the model stopped, in the provider's words.
        usage: counts of tokens.
    """

    text: str
    raw: Mapping[str, Any] = field(default_factory=dict)
    stop_reason: str = ""
    usage: Mapping[str, Any] = field(default_factory=dict)


@runtime_checkable
class AIProvider(Protocol):
    """Answers one prompt."""

    async def complete(
        self,
        *,
        prompt: str,
        model: str,
        max_tokens: int,
        timeout: float = 60.0,  # noqa: ASYNC109 - spans repeated requests
    ) -> CompletionResponse:
        """The whole answer.

        Args:
            prompt: everything that the model is told.
            model: the provider's name of it.
            max_tokens: the longest answer.
            timeout: seconds for the whole call, repetitions included.

        Raises:
            ProviderError: there is no answer.
            TruncatedAnswerError: the answer stops before its end.
            RefusedAnswerError: the model refuses.
        """


@runtime_checkable
class StreamingProvider(AIProvider, Protocol):
    """Shows an answer while it is written, too."""

    async def complete_stream(
        self,
        *,
        prompt: str,
        model: str,
        max_tokens: int,
        on_text: OnText,
        timeout: float = 60.0,  # noqa: ASYNC109 - spans repeated requests
    ) -> CompletionResponse:
        """The whole answer; its fragments are given to `on_text` as they come. Raises as `complete` does."""
