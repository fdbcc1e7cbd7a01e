"""Which POSTs without an `Idempotency-Key` are recognised when they come again, and for how long.

Older clients send a POST again, up to three times, where its connection breaks or its answer takes longer than 30
seconds, and they send no key. What they send again is the same key, address and body.
"""

import asyncio
import re
from contextlib import suppress
from datetime import timedelta

from starlette.types import Receive

LOST_ANSWER_KEPT = timedelta(minutes=2)
"""An answer whose client had gone before it was sent: the client will ask again."""

REPEAT_WINDOW = timedelta(seconds=5)
"""An answer that was sent and may have been lost on the way, where doing it twice would make two things."""

WAIT_FOR_FIRST_SECONDS = 25.0
"""How long a repeat waits for the first request; below the 30 seconds after which older clients ask again."""

_RECOGNISED = re.compile(
    r"^/v1/(workspace/(data|integrations/email|tenants|tenants/[^/]+/entities|tasks"
    r"|registry/(agents|workflows|capabilities|deployments)|registry/(agents|workflows)/[^/]+/versions)"
    r"|runbooks/[^/]+/(deploy|feedback))$"
)
_MAKES_ANOTHER = re.compile(
    r"^/v1/(workspace/(data|integrations/email|tasks|registry/capabilities)|runbooks/[^/]+/feedback)$"
)


def is_recognised(path: str) -> bool:
    """Whether a repeat of a POST to `path` is recognised without a key."""
    return bool(_RECOGNISED.match(path))


def kept_for(path: str, *, delivered: bool) -> timedelta | None:
    """How long the answer of such a POST is kept; none where it is not.

    Where names are unique, a second request after an answer is a mistake of its sender and is told so.
    """
    if not delivered:
        return LOST_ANSWER_KEPT
    return REPEAT_WINDOW if _MAKES_ANOTHER.match(path) else None


def name_of(request_hash: bytes) -> str:
    """Under what the answer is kept. It has a space, which no `Idempotency-Key` has."""
    return f"same request {request_hash.hex()}"


async def is_gone(receive: Receive) -> bool:
    """Whether the client, whose body was read whole, has closed its connection."""
    asking = asyncio.ensure_future(receive())
    await asyncio.sleep(0)  # a closed connection says so at once, an open one says nothing
    if asking.done():
        return bool(asking.result()["type"] == "http.disconnect")
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    return False
