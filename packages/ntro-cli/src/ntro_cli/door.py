"""The one door through which errors leave: a line on standard error, the exit code, a document where JSON is wanted."""

import traceback
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import typer

from ntro.workspace import errors as api
from ntro_cli.errors import CommandError, ExitCode
from ntro_cli.invocation import Invocation

_CHANGED_MEANWHILE = 412
_PARSERS_OWN = "Value error, "
_EXIT_CODES: tuple[tuple[type[api.NtroError], ExitCode], ...] = (
    (api.AuthenticationError, ExitCode.AUTHENTICATION),
    (api.AuthorizationError, ExitCode.AUTHENTICATION),
    (api.NotFoundError, ExitCode.NOT_FOUND),
    (api.ConflictError, ExitCode.CONFLICT),
    (api.WaitTimeoutError, ExitCode.TIMED_OUT),
    (api.InvalidReferenceError, ExitCode.USAGE),
)


@runtime_checkable
class Remediable(Protocol):
    """An error that says what to do about it, such as those of the stack."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of an error."""

    message: str
    code: str
    exit_code: int
    hint: str | None = None


def leave(error: Exception, invocation: Invocation) -> int:
    """Tells of `error` and answers the exit code."""
    if isinstance(error, typer.TyperException):
        return _leave_usage(error, invocation)
    report = report_of(error)
    out = invocation.out
    out.say(f"✗ {report.message}")
    if report.hint:
        out.say(f"  {report.hint}")
    if invocation.debug:
        out.say("".join(traceback.format_exception(error)))
    _document(report, invocation)
    return report.exit_code


def report_of(error: Exception) -> Report:
    """What is told of `error`; one that nobody foresaw is told by its type."""
    if isinstance(error, CommandError):
        return Report(error.message, error.code, error.exit_code, error.hint)
    if isinstance(error, typer.Abort):
        return Report("Nothing was done.", "declined", ExitCode.FAILED)
    if isinstance(error, OSError) and error.filename is not None:
        return Report(f"{error.filename}: {error.strerror}.", "unusable_file", ExitCode.FAILED, "Check the path.")
    if isinstance(error, api.NtroError):
        return Report(str(error), error.code, _exit_code(error), error.hint)
    if isinstance(error, Remediable):
        return Report(error.message, type(error).__name__, ExitCode.FAILED, error.remedy)
    text = f"Unexpected {type(error).__name__}: {error}"
    return Report(text, "unexpected", ExitCode.FAILED, "Run it again with --debug to see where it arose.")


def _exit_code(error: api.NtroError) -> ExitCode:
    if isinstance(error, api.NtroAPIError) and error.status_code == _CHANGED_MEANWHILE:
        return ExitCode.CONFLICT
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), ExitCode.FAILED)


def _leave_usage(error: typer.TyperException, invocation: Invocation) -> int:
    """A command line that cannot be understood."""
    context: typer.Context | None = getattr(error, "ctx", None)
    message = error.format_message().replace(_PARSERS_OWN, "")
    invocation.out.say(message)
    if context is not None and message != context.get_help():
        invocation.out.say(f"Try '{context.command_path} --help'.")
    _document(Report(message, "usage", error.exit_code), invocation)
    return error.exit_code


def _document(report: Report, invocation: Invocation) -> None:
    if invocation.out.is_json and not invocation.out.is_written:
        members = {"code": report.code, "message": report.message, "hint": report.hint}
        invocation.out.document({"error": {name: value for name, value in members.items() if value}})
