"""How the pages write times, states, sizes and icons."""

import re
from datetime import UTC, datetime
from pathlib import Path

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STATE_WORDS = {
    "PENDING": "Not started",
    "READY": "Queued",
    "IN_PROGRESS": "Working",
    "BLOCKED": "Needs you",
    "COMPLETED": "Done",
    "FAILED": "Failed",
}
_STATE_ICONS = {
    "PENDING": "circle",
    "READY": "clock",
    "IN_PROGRESS": "circle-dot",
    "BLOCKED": "circle-pause",
    "COMPLETED": "circle-check",
    "FAILED": "circle-x",
}
_CHECK_ICONS = {"pass": "circle-check", "warn": "triangle-alert", "fail": "circle-x", "running": "loader"}
_SPRITE = Path(__file__).with_name("static") / "icons.svg"
_KNOWN_ICONS = frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', _SPRITE.read_text("utf-8")))


def moment(value: datetime | None) -> str:
    """A time to the minute, in UTC."""
    return "" if value is None else value.astimezone(UTC).strftime("%d %b %Y %H:%M UTC")


def age(value: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in the largest unit that says something."""
    if value is None:
        return ""
    seconds = int(((now or datetime.now(UTC)) - value).total_seconds())
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if (count := seconds // size) >= 1:
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "just now"


def state_word(status: str) -> str:
    """A state in a person's words."""
    return _STATE_WORDS.get(status, status.replace("_", " ").capitalize())


def state_icon(status: str) -> str:
    """The icon of a task's or step's state."""
    return _STATE_ICONS.get(status, "circle")


def check_icon(status: str) -> str:
    """The icon of a check's outcome."""
    return _CHECK_ICONS.get(status, "info")


def icon_name(lucide: str | None) -> str:
    """The sprite's name of a Lucide icon: `FileText` is `file-text`; what the sprite lacks becomes a file."""
    name = _WORD.sub("-", lucide or "").lower()
    return name if name in _KNOWN_ICONS else "file"


def size(count: int) -> str:
    """A number of bytes for people."""
    if count < 1024:
        return f"{count} B"
    kib = count // 1024
    return f"{kib} KB" if kib < 1024 else f"{kib // 1024}.{kib % 1024 * 10 // 1024} MB"
