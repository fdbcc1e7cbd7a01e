"""How often a key may call: a token bucket for each, in the memory of the process."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

MAX_BUCKETS = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimiter:
    """Lets `burst` calls through at once and `per_second` over time, for each caller."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, caller: str) -> int:
        """0 where the call may go on; else the whole seconds after which it may."""
        now = self._clock()
        bucket = self._buckets.get(caller)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[caller] = _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._per_second)
        bucket.at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0
        return max(1, math.ceil((1 - bucket.tokens) / self._per_second))

    def _make_room(self, now: float) -> None:
        """Forgets callers whose bucket is full again; where all are busy, the one that was quiet longest."""
        if len(self._buckets) < MAX_BUCKETS:
            return
        refill = self._burst / self._per_second
        self._buckets = {name: item for name, item in self._buckets.items() if now - item.at < refill}
        if len(self._buckets) >= MAX_BUCKETS:
            del self._buckets[min(self._buckets, key=lambda name: self._buckets[name].at)]
