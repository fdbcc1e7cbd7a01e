"""What the pages load: files under addresses that carry a hash of their content, kept by browsers for a year."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).with_name("static")
FOREVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=60"


@cache
def digest(name: str) -> str:
    """The first twelve digits of the file's SHA-256."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


def address(name: str) -> str:
    """The address of a file of the static folder; another one whenever its content is another."""
    return f"/static/{name}?v={digest(name)}"


class HashedFiles(StaticFiles):
    """Serves the folder; an address with the right hash never changes, so that browsers may keep its answer."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file at `path`."""
        response = await super().get_response(path, scope)
        given = scope.get("query_string", b"").decode("latin-1")
        known = response.status_code in (200, 304) and given == f"v={digest(path)}"
        response.headers["Cache-Control"] = FOREVER if known else SHORTLY
        return response
