"""The templates of the tenant's pages, and the filters of their own."""

from pathlib import Path

from ntro_server.kit import formats
from ntro_server.kit.assets import Assets
from ntro_server.kit.rendering import Templates
from ntro_tenant.ui import task_list, values

ASSETS = Assets(Path(__file__).with_name("static"))

_TEMPLATES = Templates(
    Path(__file__).with_name("templates"),
    ASSETS,
    {
        "check_icon": formats.check_icon,
        "grouped": values.grouped,
        "label": values.label_of,
        "urgency": task_list.urgency,
        "waits_for": task_list.waits_for,
    },
)

page = _TEMPLATES.page
