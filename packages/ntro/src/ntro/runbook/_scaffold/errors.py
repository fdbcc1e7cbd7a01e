"""What keeps a bundle from being made."""


class ScaffoldError(ValueError):
    """A runbook cannot be made of what was given. `code` is for machines; the message says what, where, what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
