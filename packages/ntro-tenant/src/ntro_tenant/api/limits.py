"""How large a body may be: uploads as the settings say, everything else a MiB."""

from starlette.types import ASGIApp, Receive, Scope, Send

from ntro_server.http import BodyLimit

BODY_BYTES = 1024 * 1024
FORM_BYTES = 64 * 1024
"""What a form may add around its file."""


class BodyLimits:
    """Applies the limit that belongs to the path: addresses that end in `/files` take uploads."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = BODY_BYTES
        if str(scope.get("path", "")).endswith("/files"):
            limit = scope["app"].state.cell.settings.max_upload_bytes + FORM_BYTES
        await BodyLimit(self._app, limit)(scope, receive, send)
