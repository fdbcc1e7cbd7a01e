"""What all connections to data platforms share: where they are, what went wrong in words that may leave the cell."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2

MAX_SCHEMAS = 200
MAX_TABLES = 5000
HTTP_SECONDS = 10.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class PlatformError(RuntimeError):
    """The platform cannot be used; the message holds no secret and nothing the platform said of its data."""


@dataclass(frozen=True, slots=True)
class Schemas:
    """Names of tables by schema, both in order."""

    tables: dict[str, list[str]]


def config_text(config: dict[str, Any], *names: str) -> str:
    """The first of the named members that is a non-empty text.

    Raises:
        PlatformError: there is none.
    """
    for name in names:
        if isinstance(value := config.get(name), str) and value:
            return value
    raise PlatformError(f"The config lacks {names[0]}; add it to the data platform.")


def checked_url(text: str) -> str:
    """The address without its trailing slash.

    Raises:
        PlatformError: it is neither https nor on this machine.
    """
    parts = urlsplit(text)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return text.rstrip("/")
    raise PlatformError("The platform's address is not https.")


def platform_http() -> httpx2.AsyncClient:
    """A client that follows no redirects and takes no proxy from the environment."""
    return httpx2.AsyncClient(timeout=HTTP_SECONDS, follow_redirects=False, trust_env=False)


async def asked(http: httpx2.AsyncClient, request: httpx2.Request) -> dict[str, Any]:
    """The JSON object that the platform answers.

    Raises:
        PlatformError: it refuses, does not answer, or answers with something else.
    """
    try:
        answer = await http.send(request)
    except httpx2.TransportError as error:
        raise PlatformError(f"{request.url.host} does not answer: {type(error).__name__}.") from error
    if answer.status_code in {httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN}:
        raise PlatformError(f"{request.url.host} refuses the credentials ({answer.status_code}).")
    if not answer.is_success:
        raise PlatformError(f"{request.url.host} answers {request.url.path} with {answer.status_code}.")
    try:
        found = answer.json()
    except ValueError as error:
        raise PlatformError(f"{request.url.host} answers with something other than JSON.") from error
    if not isinstance(found, dict):
        raise PlatformError(f"{request.url.host} answers with something other than an object.")
    return found
