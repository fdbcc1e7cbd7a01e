"""Rate limits: 429 with `Retry-After`."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from ntro_server.errors import TooManyRequests, error_body
from ntro_workspace.keys.rates import RateLimiter


class RateLimited(TooManyRequests):
    """This caller has called too often; `retry_after` are whole seconds."""

    code = "rate_limited"

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many requests of this caller.", hint=f"Try again in {retry_after} s.")
        self.retry_after = retry_after


def take(limiter: RateLimiter, caller: str) -> None:
    """Raises `RateLimited` where `caller` has called too often."""
    if retry_after := limiter.take(caller):
        raise RateLimited(retry_after)


def install_rate_limit_errors(app: FastAPI) -> None:
    """Answers them with `Retry-After`."""
    app.add_exception_handler(RateLimited, _rate_limited)


async def _rate_limited(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RateLimited)
    body = error_body(
        error.status,
        error.code,
        error.message,
        hint=error.hint,
        request_id=getattr(request.state, "request_id", None),
    )
    return JSONResponse(body, error.status, {"Retry-After": str(error.retry_after)})
