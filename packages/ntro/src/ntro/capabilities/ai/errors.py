"""What can go wrong when a model is asked. `retryable` tells an activity whether to try again."""

import sys

ANSWER_ATTEMPTS = 3
"""An answer that cannot be used is asked for again in so many attempts of an activity; each one is paid for."""


class AIError(RuntimeError):
    """Base of all errors of models and their providers."""

    code = "ai"
    retryable = False


class AINotConfiguredError(AIError):
    """No provider, or not all that the provider needs, is configured; the message says what to set."""

    code = "ai_not_configured"


class ProviderNotAvailableError(AIError, NotImplementedError):
    """The provider is known by name, but this platform cannot reach it."""

    code = "ai_provider_not_available"


class ProviderError(AIError):
    """The provider refused the request, or did not answer.

    Attributes:
        status: the HTTP status of its answer, none without one.
    """

    code = "ai_provider"

    def __init__(self, message: str, *, retryable: bool, status: int | None = None) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.status = status


class AnswerError(AIError):
    """The model answered with something that cannot be used. Nothing of it was kept."""

    code = "ai_answer"

    @property
    def retryable(self) -> bool:  # type: ignore[override]  # decided when it is asked
        """Another answer may be better, but not for ever."""
        return _attempt() < ANSWER_ATTEMPTS


class TruncatedAnswerError(AnswerError):
    """The model stopped before its answer was complete: at the limit of tokens, or of its context."""

    code = "ai_answer_truncated"


class UnreadableAnswerError(AnswerError):
    """The answer is not the one JSON object that was asked for."""

    code = "ai_answer_unreadable"


class RefusedAnswerError(AnswerError):
    """The model refused to answer."""

    code = "ai_answer_refused"
    retryable = False


def _attempt() -> int:
    # Looked up, not imported: outside a worker the engine stays unloaded.
    activity = sys.modules.get("temporalio.activity")
    return int(activity.info().attempt) if activity is not None and activity.in_activity() else 1
