"""The rule of variance: a figure that moved far from what it was a period before. Pure."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ntro_tenant.observer.observations import Happening, Observation

RULE = "variance"
FAR = Decimal("0.25")
"""A move beyond this part of the earlier figure is noted."""

MAX_NAMED = 10
PER_DOCUMENT = frozenset({"extraction.completed", "document.parsed", "document.ingested"})
"""Events of single documents: they have no predecessor in an earlier period."""

_AMOUNT = re.compile(r"-?\d{1,28}(\.\d{1,12})?")
_MAX_DEPTH = 3


def is_compared(event: Happening) -> bool:
    """Whether the event may have an earlier period's to be held against."""
    return event.period is not None and bool(event.said) and event.type not in PER_DOCUMENT


def variance(event: Happening, before: Happening) -> Observation | None:
    """The figures of a runbook's event that are more than a quarter away from the same event's of an earlier period."""
    earlier = dict(figures(before.said))
    far = [
        (move, name, was, now)
        for name, now in figures(event.said)
        if (was := earlier.get(name)) and (move := abs(now - was) / abs(was)) > FAR
    ]
    if not far:
        return None
    far.sort(key=lambda item: (-item[0], item[1]))
    shown = [
        {"figure": name, "before": f"{was:f}", "now": f"{now:f}", "percent": f"{(now - was) / abs(was) * 100:.1f}"}
        for _, name, was, now in far[:MAX_NAMED]
    ]
    words = ", ".join(f"{item['figure'].replace('_', ' ')} {item['percent']} %" for item in shown[:3])
    return Observation(
        rule=RULE,
        key=str(event.seq),
        message=f"Far from {before.period}: {words}",
        evidence={"period": before.period, "event": before.seq, "figures": shown, "count": len(far)},
    )


def figures(value: Mapping[str, Any], path: str = "", depth: int = 1) -> Iterator[tuple[str, Decimal]]:
    """The amounts in what a runbook's event says, by their dotted names; amounts are decimal text."""
    for name, item in value.items():
        if isinstance(item, dict) and depth < _MAX_DEPTH:
            yield from figures(item, f"{path}{name}.", depth + 1)
        elif isinstance(item, str) and "." in item and _AMOUNT.fullmatch(item):
            yield f"{path}{name}", Decimal(item)
