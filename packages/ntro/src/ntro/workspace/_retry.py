"""When a request may be sent again, and how long to wait before."""

from dataclasses import dataclass

import httpx2

_TRY_LATER = frozenset({429, 502, 503, 504})
_LONGEST_PAUSE = 10.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `attempts` tries; the pause doubles from `pause` seconds, `Retry-After` is followed up to 10 s."""

    attempts: int = 3
    pause: float = 0.5

    def allows(self, request: httpx2.Request, attempt: int) -> bool:
        """Whether `request` may be sent again after try number `attempt`.

        Only what the server can recognise as the same request is: a GET, or a POST with an idempotency key.
        """
        repeatable = request.method == "GET" or (request.method == "POST" and "Idempotency-Key" in request.headers)
        return repeatable and attempt < self.attempts

    def wants(self, answer: httpx2.Response) -> bool:
        """Whether the answer says that a later try may succeed."""
        return answer.status_code in _TRY_LATER

    def pause_after(self, attempt: int, answer: httpx2.Response | None = None) -> float:
        """Seconds to wait after try number `attempt`, counted from 1."""
        asked = answer.headers.get("Retry-After", "") if answer is not None else ""
        pause = float(asked) if asked.isdigit() else self.pause * 2 ** (attempt - 1)
        return min(pause, _LONGEST_PAUSE)


def was_refused(error: httpx2.TransportError) -> bool:
    """Whether nobody listens at the address: trying again at once is of no use."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
