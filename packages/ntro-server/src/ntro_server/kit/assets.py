"""What pages load: files under addresses that carry a hash of their content, kept by browsers for a year."""

import hashlib
from pathlib import Path

from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

SHARED = Path(__file__).with_name("static")
FOREVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=60"


class Assets:
    """The files of a server's own folder and those that both servers share; its own win."""

    def __init__(self, own: Path) -> None:
        self.folders = (own, SHARED)
        self._digests: dict[str, str] = {}

    def path(self, name: str) -> Path:
        """Where the file lies.

        Raises:
            FileNotFoundError: there is none of that name.
        """
        found = next((folder / name for folder in self.folders if (folder / name).is_file()), None)
        if found is None:
            raise FileNotFoundError(f"There is no {name} for the pages.")
        return found

    def digest(self, name: str) -> str:
        """The first twelve digits of the file's SHA-256."""
        if name not in self._digests:
            self._digests[name] = hashlib.sha256(self.path(name).read_bytes()).hexdigest()[:12]
        return self._digests[name]

    def address(self, name: str) -> str:
        """The address of a file; another one whenever its content is another."""
        return f"/static/{name}?v={self.digest(name)}"

    def icon(self) -> Response:
        """The icon, where a browser looks for one by itself."""
        return FileResponse(self.path("icon.svg"), media_type="image/svg+xml", headers={"Cache-Control": SHORTLY})


class HashedFiles(StaticFiles):
    """Serves the folders; an address with the right hash never changes, so that browsers may keep its answer."""

    def __init__(self, assets: Assets) -> None:
        super().__init__(directory=assets.folders[0])
        self.all_directories = list(assets.folders)
        self._assets = assets

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file at `path`."""
        response = await super().get_response(path, scope)
        given = scope.get("query_string", b"").decode("latin-1")
        known = response.status_code in (200, 304) and given == f"v={self._assets.digest(path)}"
        response.headers["Cache-Control"] = FOREVER if known else SHORTLY
        return response
