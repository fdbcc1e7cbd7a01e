"""Sessions of the console: a key of some hours in a cookie that no script reads, and a token that forms send back."""

import hmac

from fastapi.responses import HTMLResponse
from starlette.responses import Response

from ntro_workspace.settings import WorkspaceSettings
from ntro_workspace.users.service import SESSION_LIFETIME

PROGRAMS = frozenset({"agent", "cell"})
"""Kinds of keys that open no console: nobody looks at pages with them."""

SUFFIX = " in the console"
"""What tells a session that a key opened from the key itself."""

# The page navigates by itself: a redirect from a link in a mail would count as cross-site and lose the strict cookie.
_WELCOME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Signed in</title>
<meta http-equiv="refresh" content="0; url=/"></head><body><p>Signed in. <a href="/">Go on</a></p></body></html>"""


def cookie_name(settings: WorkspaceSettings) -> str:
    """Servers on one host share their cookies, so the name tells them apart."""
    return f"ntro_console_{settings.port}"


def welcome(settings: WorkspaceSettings, key: str) -> Response:
    """A page that keeps `key` as the browser's session and goes on to the console."""
    response = HTMLResponse(_WELCOME, headers={"Referrer-Policy": "no-referrer"})
    response.set_cookie(
        cookie_name(settings),
        key,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        path="/",
        httponly=True,
        secure=settings.public_url.startswith("https:"),
        samesite="strict",
    )
    return response


def forget(response: Response, settings: WorkspaceSettings) -> None:
    """Removes the cookie."""
    response.delete_cookie(
        cookie_name(settings), path="/", httponly=True, samesite="strict", secure=settings.public_url[:6] == "https:"
    )


def csrf_token(pepper: bytes, key: str) -> str:
    """What forms of the session of `key` send back; nothing about the key follows from it."""
    return hmac.new(pepper, f"console csrf {key}".encode(), "sha256").hexdigest()


def holds_csrf(pepper: bytes, key: str, given: str) -> bool:
    """Whether a form came from a page of the session."""
    return hmac.compare_digest(csrf_token(pepper, key).encode(), given.encode())
