"""How large a body may be: uploads as the settings say, everything else a MiB."""

from starlette.types import ASGIApp, Receive, Scope, Send

from ntro_server.http import BodyLimit

BODY_BYTES = 1024 * 1024
FORM_BYTES = 64 * 1024
"""What a form may add around its file."""


class BodyLimits:
    """Applies the limit that belongs to the path: addresses that end in `/files` take uploads."""

    def __init__(self, app: ASGIApp, upload_bytes: int) -> None:
        self._uploads = BodyLimit(app, upload_bytes + FORM_BYTES)
        self._others = BodyLimit(app, BODY_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        takes_files = str(scope.get("path", "")).endswith("/files")
        await (self._uploads if takes_files else self._others)(scope, receive, send)
