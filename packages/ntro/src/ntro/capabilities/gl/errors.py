"""What can go wrong with a general ledger. `retryable` says whether the same call may work later."""

from typing import ClassVar


class ProviderNotRegisteredError(KeyError):
    """No provider has the configured name; the message names those that there are."""

    code = "gl_provider_unknown"

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else self.code


class ProviderError(Exception):
    """A general ledger did not do what was asked.

    Args:
        message: what, where and what to do.
        provider: the provider's name.
        resource: for example `bills`.
        operation: for example `create`.
        upstream: what the ledger itself answered, shortened.
    """

    code: ClassVar[str] = "gl_error"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        provider: str,
        resource: str | None = None,
        operation: str | None = None,
        upstream: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.provider = provider
        self.resource = resource
        self.operation = operation
        self.upstream = upstream


class TransientProviderError(ProviderError):
    """The ledger did not answer, or asked for patience; the same call may work later and posts nothing twice."""

    code = "gl_unavailable"
    retryable = True


class ConnectionError_(ProviderError):  # noqa: N801  # the contract's name
    """No ledger is connected, or it does not accept the credentials."""

    code = "gl_not_connected"


class ValidationFailedError(ProviderError):
    """The ledger does not accept what was sent."""

    code = "gl_refused"


class IdempotencyConflictError(ProviderError):
    """The external id stands for something else already; the same key is never used for other content."""

    code = "gl_key_conflict"


class UnsupportedByProviderError(ProviderError, NotImplementedError):
    """The provider has no such report or operation."""

    code = "gl_unsupported"
