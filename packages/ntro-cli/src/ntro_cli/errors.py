"""Errors of the command line itself, and the documented exit codes."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a script may decide by."""

    OK = 0
    FAILED = 1
    USAGE = 2
    REJECTED = 3
    NOT_FOUND = 4
    CONFLICT = 5
    AUTHENTICATION = 6
    TIMED_OUT = 124
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.OK: "done",
    ExitCode.FAILED: "failed",
    ExitCode.USAGE: "wrong usage",
    ExitCode.REJECTED: "rejected by a person",
    ExitCode.NOT_FOUND: "not found",
    ExitCode.CONFLICT: "conflict",
    ExitCode.AUTHENTICATION: "key missing or not allowed",
    ExitCode.TIMED_OUT: "waited too long",
    ExitCode.INTERRUPTED: "interrupted",
}
"""The one table of exit codes: help and reference are written from it."""


class CommandError(Exception):
    """A command cannot do what was asked. The message says what and where, `hint` what to do next."""

    def __init__(
        self, message: str, *, code: str = "failed", hint: str | None = None, exit_code: ExitCode = ExitCode.FAILED
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint
        self.exit_code = exit_code


class UsageError(CommandError):
    """The command line asks for something that makes no sense."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, code="usage", hint=hint, exit_code=ExitCode.USAGE)
