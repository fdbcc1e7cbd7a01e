"""Templates, their filters, and the headers under which pages leave."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from ntro_server.kit import formats
from ntro_server.kit.assets import Assets

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Vary": "Cookie",
}


class Templates:
    """The templates of a server's folder; what is put into them is text unless it says otherwise."""

    def __init__(self, folder: Path, assets: Assets, filters: Mapping[str, Callable[..., Any]]) -> None:
        self._assets = assets
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(icon=self._icon, static=assets.address)
        self._environment.filters.update(
            age=formats.age,
            duration=formats.duration,
            iso=formats.iso,
            moment=formats.moment,
            size=formats.size,
            state_icon=formats.state_icon,
            state_word=formats.state_word,
        )
        self._environment.filters.update(filters)

    def page(self, template: str, *, status_code: int = 200, **values: Any) -> HTMLResponse:
        """The page or fragment `template` with `values`, under a policy that runs nothing but our own scripts."""
        return HTMLResponse(self._environment.get_template(template).render(values), status_code, HEADERS)

    def _icon(self, name: str) -> Markup:
        address = self._assets.address("icons.svg")
        return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(address, name)
