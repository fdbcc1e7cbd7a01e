"""Errors of the server itself, and how any error is told to a model: what, where, what to do next."""

from mcp_types import CallToolResult, TextContent

from ntro.workspace.errors import NtroAPIError, NtroError

ERROR_META = "ntro/error"
"""Under this name of `_meta` a failed call carries `code`, `message`, `hint` and, of a server's answer, `status`."""


class ToolUsageError(NtroError):
    """What was asked of a tool makes no sense, or needs something that was not given."""

    default_code = "usage"


def refusal(error: NtroError) -> CallToolResult:
    """The failed call: text for a model, the parts of it for a program."""
    parts: dict[str, object] = {"code": error.code, "message": error.message, "hint": error.hint}
    if isinstance(error, NtroAPIError):
        parts |= {"status": error.status_code, "requestId": error.request_id}
    known = {name: value for name, value in parts.items() if value is not None}
    return CallToolResult(
        content=[TextContent(type="text", text=in_text(error))], is_error=True, _meta={ERROR_META: known}
    )


def in_text(error: NtroError) -> str:
    """One or two lines: the message with its code, and the hint."""
    first = f"{error.message} (code {error.code})"
    return f"{first}\nWhat to do: {error.hint}" if error.hint else first
