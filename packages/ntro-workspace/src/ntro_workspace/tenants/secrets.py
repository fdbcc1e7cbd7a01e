"""Secrets inside a config: sealed to the cell on entry, so that Workspace keeps what it cannot read.

A text member whose name speaks of a secret becomes `{"sealed": "…"}`, for the cell alone to open. That form is left
alone, so a client may read a config and send it back.
"""

import re
from typing import Any
from uuid import UUID

from ntro.workspace.sealing import seal
from ntro_server.errors import Conflict

_SECRET_NAME = re.compile(r"password|secret|token|api_?key|private_?key|credential|connection_?string", re.IGNORECASE)
_REFERENCE = re.compile(r"_?(ref|reference|id|name|url)$", re.IGNORECASE)


def is_secret(name: str, value: object) -> bool:
    """Whether `value` under `name` is a secret: a non-empty text that is not a mere reference to one."""
    return isinstance(value, str) and value != "" and bool(_SECRET_NAME.search(name)) and not _REFERENCE.search(name)


def seal_secrets(config: dict[str, Any], *, public_key: str | None, tenant_id: UUID) -> dict[str, Any]:
    """`config` with every secret sealed.

    Raises:
        Conflict: there is a secret and the tenant's cell has no key yet.
    """
    return {name: _sealed(name, value, public_key, tenant_id) for name, value in config.items()}


def _sealed(name: str, value: Any, public_key: str | None, tenant_id: UUID) -> Any:
    if is_secret(name, value):
        if public_key is None:
            raise Conflict(
                f"config.{name} holds a secret and this tenant has no cell yet to seal it for.",
                hint="Send it once the tenant is ACTIVE.",
            )
        return {"sealed": seal(value.encode(), public_key=public_key, tenant_id=tenant_id)}
    if isinstance(value, dict):
        return seal_secrets(value, public_key=public_key, tenant_id=tenant_id)
    if isinstance(value, list):
        return [_sealed("", item, public_key, tenant_id) for item in value]
    return value
