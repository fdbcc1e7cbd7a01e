"""What this process's libraries log, for who looks for a fault: on standard error, or in a file of one's own."""

from enum import StrEnum
from pathlib import Path

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_OWNER_ONLY = 0o600


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def log_to(level: LogLevel, path: Path | None) -> None:
    """Logs from `level` on to the end of the file at `path`, readable by its owner alone; else to standard error.

    Raises:
        OSError: the file cannot be written.
    """
    import logging  # noqa: PLC0415 - every command loads this module, few log

    handler: logging.Handler = logging.StreamHandler()
    if path is not None:
        path.touch(mode=_OWNER_ONLY)
        handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.value.upper())
