"""Cron expressions of five fields, as Temporal reads them: minute, hour, day of month, month, day of week.

A time that the clock skips in spring does not happen; of one that happens twice in autumn Temporal takes the one that
Go's `time.Date` names, and so does this. Where both days are restricted, both must match.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HORIZON_DAYS = 366 * 41  # a 29th of February on a given weekday may be forty years away
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}


class CronError(ValueError):
    """The expression cannot be read; the message says which field and why."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: dict[str, int]


_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of month", 1, 31, {}),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 7, _DAYS),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed expression: the values each field allows. Sunday is 0."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def next_times(self, after: datetime, zone: ZoneInfo, count: int) -> list[datetime]:
        """The next `count` times after `after`, aware UTC; fewer where there are no more."""
        found: list[datetime] = []
        for moment in self._times(after.astimezone(zone).date(), zone):
            if moment > after and moment not in found:
                found.append(moment)
            if len(found) == count:
                break
        return found

    def _times(self, first: date, zone: ZoneInfo) -> Iterator[datetime]:
        for offset in range(_HORIZON_DAYS):
            day = first + timedelta(days=offset)
            if not self._matches(day):
                continue
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    moment = _moment(datetime.combine(day, time(hour, minute), UTC), zone)
                    if moment is not None:
                        yield moment

    def _matches(self, day: date) -> bool:
        return day.month in self.months and day.day in self.days and day.isoweekday() % 7 in self.weekdays


def _moment(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """When clocks of `zone` show `wall` (given as if it were UTC); none where they never do."""
    guess = wall - _offset(wall, zone)
    moment = wall - _offset(guess, zone)
    return moment if moment + _offset(moment, zone) == wall else None


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def parse_cron(text: str) -> Cron:
    """The schedule that `text` spells.

    Raises:
        CronError: it has not five fields, a field is malformed or out of range, or no date ever matches.
    """
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise CronError(f"a schedule has five fields (minute hour day month weekday), this one has {len(parts)}")
    minutes, hours, days, months, weekdays = (_values(part, field) for part, field in zip(parts, _FIELDS, strict=True))
    cron = Cron(minutes, hours, days, months, frozenset(day % 7 for day in weekdays))
    if not cron.next_times(datetime(2024, 1, 1, tzinfo=UTC), ZoneInfo("UTC"), 1):
        raise CronError("no date ever matches this schedule")
    return cron


def _values(text: str, field: _Field) -> frozenset[int]:
    return frozenset(value for part in text.split(",") for value in _range(part, field))


def _range(text: str, field: _Field) -> range:
    span, slash, step_text = text.partition("/")
    first, dash, last = span.partition("-")
    if span == "*":
        low, high = field.low, field.high
    else:
        low = _number(first, field)
        high = _number(last, field) if dash else (field.high if slash else low)
    step = _step(step_text, field) if slash else 1
    if low > high:
        raise CronError(f"the {field.name} {text} counts backwards")
    return range(low, high + 1, step)


def _step(text: str, field: _Field) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= field.high):
        raise CronError(f"the step {text or 'nothing'} of the {field.name} is not a number it can take")
    return int(text)


def _number(text: str, field: _Field) -> int:
    value = field.names.get(text.lower())
    if value is None and text.isascii() and text.isdigit():
        value = int(text)
    if value is None or not field.low <= value <= field.high:
        raise CronError(f"the {field.name} {text or 'nothing'} is not between {field.low} and {field.high}")
    return value
