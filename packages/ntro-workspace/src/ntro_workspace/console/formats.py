"""How the console writes states, counts and times."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ntro_server.kit import formats

_WORDS = {
    "BLOCKED": "Waits for a person",
    "REQUESTED": "Requested",
    "PROVISIONING": "Being set up",
    "ACTIVE": "Active",
    "SUSPENDED": "Suspended",
    "DEPROVISIONING": "Being taken down",
    "DECOMMISSIONED": "Ended",
    "DEPLOYED": "Deployed",
    "PAUSED": "Paused",
    "SCHEDULED": "Scheduled",
}
# What a state looks like: the class that gives the colour, and the icon that says the same without it.
_TONES = {
    "ACTIVE": ("COMPLETED", "circle-check"),
    "DEPLOYED": ("COMPLETED", "circle-check"),
    "PROVISIONING": ("IN_PROGRESS", "loader"),
    "REQUESTED": ("READY", "clock"),
    "SUSPENDED": ("BLOCKED", "circle-pause"),
    "PAUSED": ("BLOCKED", "circle-pause"),
    "SCHEDULED": ("IN_PROGRESS", "calendar"),
    "DEPROVISIONING": ("BLOCKED", "loader"),
    "DECOMMISSIONED": ("PENDING", "circle"),
}
_WAITS = {
    "submit_file": "A document",
    "submit_files": "Documents",
    "interactive_review": "A review",
    "drill_down": "A run below it",
}


def word(state: str) -> str:
    """A state in words."""
    return _WORDS.get(state) or formats.state_word(state)


def tone(state: str) -> str:
    """The class that colours a state."""
    return _TONES.get(state, (state, ""))[0]


def state_icon(state: str) -> str:
    """The icon of a state."""
    return _TONES[state][1] if state in _TONES else formats.state_icon(state)


def waits_for(awaiting: str | None) -> str:
    """What a blocked run waits for."""
    return _WAITS.get(awaiting or "", "An answer")


def zoned(moment: datetime, timezone: str | None) -> str:
    """A time as clocks of `timezone` show it."""
    return moment.astimezone(ZoneInfo(timezone or "UTC")).strftime("%a %d %b %Y %H:%M")


def urgency(since: datetime, now: datetime | None = None) -> str:
    """How long something waits already: `fresh`, `aging` after a day, `stale` after three."""
    hours = int(((now or datetime.now(UTC)) - since).total_seconds()) // 3600
    return "fresh" if hours < 24 else "aging" if hours < 72 else "stale"
