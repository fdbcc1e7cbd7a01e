"""Schedules of bindings: checked on entry, kept in Temporal, their next times told from the expression alone."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from ntro_server.errors import Invalid
from ntro_workspace.schedules.cron import Cron, CronError, parse_cron

DEFAULT_TIMEZONE = "UTC"
SHOWN = 3


def check(schedule: str | None, timezone: str | None) -> None:
    """Raises `Invalid` where the expression or the time zone cannot be read."""
    if timezone is not None and timezone not in _zones():
        raise Invalid("timezone: this is no IANA time zone.", hint="For example Europe/Jersey.")
    if schedule is not None:
        try:
            _parsed(schedule)
        except CronError as error:
            raise Invalid(f"schedule: {error}.", hint="For example 0 8 5 * * for the fifth of each month.") from error


def next_times(schedule: str | None, timezone: str | None, count: int = SHOWN) -> list[datetime]:
    """The next times of a checked schedule, aware UTC; none without a schedule."""
    if schedule is None:
        return []
    return _parsed(schedule).next_times(datetime.now(UTC), ZoneInfo(timezone or DEFAULT_TIMEZONE), count)


def times_between(schedule: str, timezone: str | None, since: datetime, until: datetime, limit: int) -> list[datetime]:
    """The times of a checked schedule from `since` to `until`, both included; the first `limit` of them."""
    just_before = since - timedelta(microseconds=1)
    times = _parsed(schedule).next_times(just_before, ZoneInfo(timezone or DEFAULT_TIMEZONE), limit)
    return [moment for moment in times if moment <= until]


@lru_cache(maxsize=1024)
def _parsed(schedule: str) -> Cron:
    return parse_cron(schedule)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
