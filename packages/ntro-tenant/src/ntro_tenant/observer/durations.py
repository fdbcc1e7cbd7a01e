"""The rule of unusual durations: a step that took far longer than it takes, by its own history. Pure."""

from collections.abc import Sequence

from ntro_tenant.observer.observations import Happening, Observation

RULE = "unusual_duration"
MIN_RUNS = 8
"""Below this many earlier runs nothing is known of what is usual."""

SPREADS = 5
"""How many spreads above the median count as unusual."""

MIN_EXCESS_MS = 5_000
"""A step that is not even this much over the median is never unusual, however steady it was."""


def unusual_duration(event: Happening, took_ms: int, earlier_ms: Sequence[int]) -> Observation | None:
    """Notes a step that took more than its median and five spreads, and twice its median, of its earlier runs.

    Args:
        event: the step's completion.
        took_ms: how long it worked, in milliseconds; what it waited for people is left out.
        earlier_ms: how long it worked in earlier runs of its runbook.
    """
    if len(earlier_ms) < MIN_RUNS:
        return None
    middle = _median(sorted(earlier_ms))
    spread = _median(sorted(abs(one - middle) for one in earlier_ms))
    limit = max(middle + SPREADS * spread, 2 * middle, middle + MIN_EXCESS_MS)
    if took_ms <= limit:
        return None
    return Observation(
        rule=RULE,
        key=str(event.seq),
        message=f"Took {_seconds(took_ms)} s; it usually takes {_seconds(middle)} s",
        evidence={
            "step_id": event.payload.get("step_id"),
            "took_ms": took_ms,
            "median_ms": middle,
            "spread_ms": spread,
            "limit_ms": limit,
            "runs": len(earlier_ms),
        },
    )


def _median(ordered: Sequence[int]) -> int:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) // 2


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000 // 100}"
