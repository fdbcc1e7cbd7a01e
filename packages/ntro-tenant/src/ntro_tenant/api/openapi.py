"""The description of the cell's API, as it is committed."""

import json

from ntro_tenant.api.app import routed_app


def openapi_text() -> str:
    """The OpenAPI document as JSON text with sorted keys, ending in a newline."""
    return json.dumps(routed_app().openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
