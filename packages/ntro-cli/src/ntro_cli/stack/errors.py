"""What can be wrong with the stack, each with what to do about it."""


class StackError(RuntimeError):
    """The stack cannot do what was asked. The message says what and where, `remedy` what to do next."""

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class BinaryMissing(StackError):
    """A server's program is not on this machine."""


class PortTaken(StackError):
    """Another process listens on a port that the stack has promised to use."""


class StateBroken(StackError):
    """A file of the stack cannot be read or does not fit; nothing was changed."""


class DiskFull(StackError):
    """There is not enough room to start."""


class StartFailed(StackError):
    """A process of the stack did not become healthy."""
