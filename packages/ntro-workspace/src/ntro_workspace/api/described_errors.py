"""The errors of the API in its OpenAPI document: every status an operation can answer, all in one envelope."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

_ABOUT = {
    400: "The body is not JSON, or a header is malformed.",
    401: "The key is missing, malformed, unknown, expired or revoked.",
    403: "The key lacks the right.",
    404: "There is no such thing, or it belongs to a tenant that the key does not serve.",
    409: "It is there already, or is in a state that does not allow this.",
    412: "It was changed since it was read; `If-Match` named another version.",
    413: "The body is too large.",
    422: "The request does not fit.",
    429: "Too many requests; `Retry-After` says when to come again.",
    503: "The database, Temporal, the tenant's cell or the identity provider does not answer.",
}
_ALWAYS = (401, 403, 404, 422, 429, 503)
_WRITING = (400, 409, 413)
_CONDITIONAL = (412,)
_OPEN = frozenset({"/v1/health"})
_REFERENCE = {"$ref": "#/components/schemas/Error"}


class Error(BaseModel):
    """What every error answers: the members of the older clients and those of RFC 9457."""

    model_config = ConfigDict(extra="allow")

    statusCode: int  # noqa: N815 - the name on the wire
    message: str
    error: str
    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str | None = None
    requestId: str | None = None  # noqa: N815 - the name on the wire


def describe_errors(app: FastAPI) -> None:
    """Makes `app` describe its errors."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_errors(plain())
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # the documented way to extend the document


def _with_errors(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    schemas["Error"] = Error.model_json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path not in _OPEN:
                _describe(operation, method)
    return document


def _describe(operation: dict[str, Any], method: str) -> None:
    statuses = _ALWAYS + (() if method == "get" else _WRITING) + (_CONDITIONAL if method == "patch" else ())
    for status in sorted(statuses):
        operation["responses"][str(status)] = {
            "description": _ABOUT[status],
            "content": {"application/json": {"schema": _REFERENCE}},
        }
