"""The templates of the console, and what every page of it has around its content."""

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse

from ntro_server.kit.assets import Assets
from ntro_server.kit.rendering import Templates
from ntro_workspace.console import formats
from ntro_workspace.console.visitor import Visitor

ASSETS = Assets(Path(__file__).with_name("static"))

_TEMPLATES = Templates(
    Path(__file__).with_name("templates"),
    ASSETS,
    {
        "state_icon": formats.state_icon,
        "tone": formats.tone,
        "urgency": formats.urgency,
        "waits_for": formats.waits_for,
        "word": formats.word,
        "zoned": formats.zoned,
    },
)

bare_page = _TEMPLATES.page


def page(template: str, visitor: Visitor, *, status_code: int = 200, **values: Any) -> HTMLResponse:
    """The page or fragment `template` for a signed-in browser."""
    return bare_page(template, status_code=status_code, visitor=visitor, csrf=visitor.csrf, **values)
