"""What can go wrong when talking to Workspace or to a cell. One tree; every class has a stable `code`."""

from typing import ClassVar


class NtroError(Exception):
    """Base of all errors of the client.

    Attributes:
        message: what went wrong and where, one string.
        code: stable identifier of the kind of error; programs decide by it, never by the message.
        hint: what to do next, where something can be done.
    """

    default_code: ClassVar[str] = "error"

    def __init__(self, message: str, *, code: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.hint = hint


class ConfigError(NtroError):
    """The connections file, or what was asked of it, is not right."""

    default_code = "config"


class InvalidReferenceError(NtroError):
    """An id or slug that cannot be part of an address, such as an empty one."""

    default_code = "invalid_reference"


class NtroConnectionError(NtroError):
    """No answer: the server refused the connection, dropped it, or took too long."""

    default_code = "connection"


class UnexpectedAnswerError(NtroError):
    """The server answered with something that is not of the contract: a redirect, no JSON, another shape."""

    default_code = "unexpected_answer"


class WaitTimeoutError(NtroError):
    """What was waited for did not happen in the given time. It goes on; only the waiting ended."""

    default_code = "wait_timed_out"


class NtroAPIError(NtroError):
    """The server answered with an error.

    Attributes:
        status_code: HTTP status.
        detail: the member `error` of the answer, whatever it is.
        request_id: names the request in the server's logs.
    """

    default_code = "api_error"

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        detail: object = None,
        code: str | None = None,
        hint: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.status_code = status_code
        self.detail = detail
        self.request_id = request_id

    def __str__(self) -> str:
        return f"HTTP {self.status_code}: {self.message}"


class AuthenticationError(NtroAPIError):
    """401: the key or token is missing, malformed, unknown, expired or revoked."""

    default_code = "unauthenticated"


class AuthorizationError(NtroAPIError):
    """403: the key is known but may not do this."""

    default_code = "forbidden"


class NotFoundError(NtroAPIError):
    """404: no such thing, or none that this key may see."""

    default_code = "not_found"


class ConflictError(NtroAPIError):
    """409: a duplicate, a gate that is not open, or a state that moved meanwhile."""

    default_code = "conflict"


class ValidationError(NtroAPIError):
    """422: the body is not valid."""

    default_code = "invalid"


_BY_STATUS: dict[int, type[NtroAPIError]] = {
    401: AuthenticationError,
    403: AuthorizationError,
    404: NotFoundError,
    409: ConflictError,
    422: ValidationError,
}


def api_error(status_code: int, body: object) -> NtroAPIError:
    """The error of an answer with `status_code` (400 or above); `body` is the decoded JSON, or the raw text."""
    kind = _BY_STATUS.get(status_code, NtroAPIError)
    if not isinstance(body, dict):
        return kind(str(body) or "The server gave no reason.", status_code=status_code, detail=body)
    return kind(
        str(body["message"]) if body.get("message") else str(body),
        status_code=status_code,
        detail=body.get("error"),
        code=_text(body.get("code")),
        hint=_text(body.get("hint")),
        request_id=_text(body.get("requestId")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
