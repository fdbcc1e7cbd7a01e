"""The templates, their filters, and the headers under which pages leave."""

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from ntro_tenant.ui import assets, formats, task_list, values

_TEMPLATE_FOLDER = Path(__file__).with_name("templates")
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


def _icon(name: str) -> Markup:
    address = assets.address("icons.svg")
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(address, name)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATE_FOLDER),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(icon=_icon, static=assets.address)
    environment.filters.update(
        age=formats.age,
        check_icon=formats.check_icon,
        duration=formats.duration,
        grouped=values.grouped,
        iso=formats.iso,
        label=values.label_of,
        moment=formats.moment,
        size=formats.size,
        state_icon=formats.state_icon,
        state_word=formats.state_word,
        urgency=task_list.urgency,
        waits_for=task_list.waits_for,
    )
    return environment


_TEMPLATES = _environment()


def page(template: str, *, status_code: int = 200, **values: Any) -> HTMLResponse:
    """The page or fragment `template` with `values`, under a policy that runs nothing but our own scripts."""
    return HTMLResponse(_TEMPLATES.get_template(template).render(values), status_code, HEADERS)
