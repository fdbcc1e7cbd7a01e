"""The one error of the readers: a document is refused, with a code that programs can act on."""

from typing import Literal, get_args

RefusalCode = Literal[
    "empty_file",
    "too_large",
    "executable",
    "archive",
    "macros",
    "type_mismatch",
    "unsupported_format",
    "encrypted",
    "malformed",
    "no_text",
    "no_tables",
    "unknown_kind",
    "wrong_kind",
    "unknown_schema",
]
REFUSAL_CODES: tuple[str, ...] = get_args(RefusalCode)


class DocumentRefusedError(ValueError):
    """A document is not read. `code` is stable and one of `REFUSAL_CODES`; the message says what to do."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(message)
        self.code: RefusalCode = code
        self.message = message
