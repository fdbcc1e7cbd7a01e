"""`ETag` and `If-Match`: who read a thing and sends it back changed learns that somebody was quicker."""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Header, Response

from ntro_server.errors import ApiError
from ntro_workspace.db.rows import iso


class PreconditionFailed(ApiError):
    status = HTTPStatus.PRECONDITION_FAILED
    code = "precondition_failed"


def etag(row: Mapping[str, Any]) -> str:
    """The tag of a stored row: another one after each change."""
    digest = hashlib.sha256(f"{row['id']}|{iso(row['updated_at'])}".encode()).hexdigest()
    return f'"{digest[:32]}"'


class Versions:
    """The tags of one request: the one it expects, and the one its answer carries."""

    def __init__(self, response: Response, expected: str | None) -> None:
        self._response = response
        self._expected = expected

    def check(self, row: Mapping[str, Any]) -> None:
        """Raises `PreconditionFailed` where the request expects another version than the locked `row`."""
        if self._expected is None or self._expected.strip() == "*":
            return
        wanted = {tag.strip() for tag in self._expected.split(",")}
        if etag(row) not in wanted:
            raise PreconditionFailed(
                "It was changed since you read it; nothing was done.",
                hint="Read it again, apply your change to what you find, and send its new ETag in If-Match.",
            )

    def tag(self, row: Mapping[str, Any]) -> None:
        """Puts the tag of `row` on the answer."""
        self._response.headers["ETag"] = etag(row)


async def versions(
    response: Response, if_match: Annotated[str | None, Header(alias="If-Match", max_length=1000)] = None
) -> Versions:
    """The tags of this request."""
    return Versions(response, if_match)


Tags = Annotated[Versions, Depends(versions)]
