"""The templates and their filters."""

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from ntro_tenant.ui import formats, review, timeline

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def _icon(name: str) -> Markup:
    return Markup('<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#{}"></use></svg>').format(name)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["icon"] = _icon
    environment.filters.update(
        age=formats.age,
        check_icon=formats.check_icon,
        grouped=review.grouped,
        icon_name=formats.icon_name,
        label=review.label_of,
        moment=formats.moment,
        sentence=timeline.sentence,
        size=formats.size,
        state_icon=formats.state_icon,
        state_word=formats.state_word,
    )
    return environment


_TEMPLATES = _environment()


def page(template: str, *, status_code: int = 200, **values: Any) -> HTMLResponse:
    """The page or fragment `template` with `values`, under a policy that runs nothing but our own scripts."""
    text = _TEMPLATES.get_template(template).render(values)
    return HTMLResponse(text, status_code, {"Content-Security-Policy": CONTENT_POLICY, "Referrer-Policy": "same-origin"})
