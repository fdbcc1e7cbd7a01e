"""How the pages write times, states, sizes and icons."""

from datetime import UTC, datetime

_STATE_WORDS = {
    "PENDING": "Not started",
    "READY": "Queued",
    "IN_PROGRESS": "Working",
    "BLOCKED": "Needs you",
    "RUNNING": "Working",
    "COMPLETED": "Done",
    "FAILED": "Failed",
    "CANCELLED": "Cancelled",
}
_STATE_ICONS = {
    "PENDING": "circle",
    "READY": "clock",
    "IN_PROGRESS": "circle-dot",
    "BLOCKED": "circle-pause",
    "RUNNING": "circle-dot",
    "COMPLETED": "circle-check",
    "FAILED": "circle-x",
    "CANCELLED": "circle-x",
}
_CHECK_ICONS = {
    "pass": "circle-check",
    "warn": "triangle-alert",
    "fail": "circle-x",
    "skipped": "circle",
    "running": "loader",
}


def moment(value: datetime) -> str:
    """A time to the minute, in UTC."""
    return value.astimezone(UTC).strftime("%d %b %Y %H:%M UTC")


def iso(value: datetime) -> str:
    """A time for machines."""
    return value.astimezone(UTC).isoformat(timespec="seconds")


def age(value: datetime, now: datetime | None = None) -> str:
    """How long ago, in the largest unit that says something."""
    lasted = duration(value, now)
    return f"{lasted} ago" if lasted else "just now"


def duration(since: datetime, now: datetime | None = None) -> str:
    """How long something lasts already, in the largest unit that says something; nothing below a minute."""
    seconds = int(((now or datetime.now(UTC)) - since).total_seconds())
    for size_, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if (count := seconds // size_) >= 1:
            return f"{count} {word}{'s' if count > 1 else ''}"
    return ""


def state_word(status: str) -> str:
    """A state in a person's words."""
    return _STATE_WORDS.get(status, status.replace("_", " ").capitalize())


def state_icon(status: str) -> str:
    """The icon of a task's or step's state."""
    return _STATE_ICONS.get(status, "circle")


def check_icon(status: str) -> str:
    """The icon of a check's outcome."""
    return _CHECK_ICONS.get(status, "info")


def size(count: int) -> str:
    """A number of bytes for people."""
    if count < 1024:
        return f"{count} B"
    kib = count // 1024
    return f"{kib} KB" if kib < 1024 else f"{kib // 1024}.{kib % 1024 * 10 // 1024} MB"
