"""One error envelope for every door of every server.

The body carries the members of the older clients (`statusCode`, `message`, `error`) and those of RFC 9457
(`type`, `title`, `status`, `detail`), with `code` (stable), `hint` and `requestId`. `message` is one string without
square brackets: an older command line reads brackets as markup.
"""

from http import HTTPStatus
from typing import Any, ClassVar


class ApiError(Exception):
    """An answer that is an error; subclasses fix `status` and their usual `code`.

    The message says what and where, `hint` what to do next.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    code: str = "internal_error"

    def __init__(
        self, message: str, *, hint: str | None = None, extra: dict[str, Any] | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.hint = hint
        self.extra = extra or {}


class BadRequest(ApiError):
    status = HTTPStatus.BAD_REQUEST
    code = "bad_request"


class Unauthenticated(ApiError):
    status = HTTPStatus.UNAUTHORIZED
    code = "unauthenticated"


class Forbidden(ApiError):
    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class NotFound(ApiError):
    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class Conflict(ApiError):
    status = HTTPStatus.CONFLICT
    code = "conflict"


class PayloadTooLarge(ApiError):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "payload_too_large"


class UnsupportedContent(ApiError):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported_content"


class Invalid(ApiError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid"


class TooManyRequests(ApiError):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"


class Unavailable(ApiError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"


def error_body(
    status: int,
    code: str,
    message: str,
    *,
    hint: str | None = None,
    request_id: str | None = None,
    **extra: Any,
) -> dict[str, Any]:
    """The envelope as a dict. Square brackets in `message` become round ones."""
    text = message.replace("[", "(").replace("]", ")")
    title = HTTPStatus(status).phrase
    body = {
        "statusCode": status,
        "message": text,
        "error": title,
        "type": f"urn:ntro:error:{code}",
        "title": title,
    }
    body |= {"status": status, "detail": text, "code": code, "hint": hint, "requestId": request_id}
    return body | extra
