"""The split of a task's context: what Workspace may read, and the rest, sealed to the cell on entry."""

import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ntro.workspace.sealing import seal
from ntro_server.errors import Conflict, Invalid

_PERIOD = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
_PRIORITIES = ("LOW", "NORMAL", "HIGH")


@dataclass(frozen=True, slots=True)
class SplitContext:
    """`sealed` is none where there was nothing but plain members."""

    period: str | None
    priority: str | None
    dry_run: bool | None
    sealed: str | None

    def plain(self) -> dict[str, Any]:
        """The plain members that were given."""
        values = {"period": self.period, "priority": self.priority, "dry_run": self.dry_run}
        return {name: value for name, value in values.items() if value is not None}


def split_context(context: dict[str, Any], *, public_key: str | None, tenant_id: UUID) -> SplitContext:
    """`context` in its two parts.

    Raises:
        Invalid: the period, the priority or the flag is not what it has to be.
        Conflict: there is something to seal and the cell has no key yet.
    """
    rest = dict(context)
    period, priority, dry_run = rest.pop("period", None), rest.pop("priority", None), rest.pop("dry_run", None)
    if period is not None and not (isinstance(period, str) and _PERIOD.match(period)):
        raise Invalid("context.period: a period is a month such as 2026-03.")
    if priority is not None and priority not in _PRIORITIES:
        raise Invalid("context.priority: it is LOW, NORMAL or HIGH.")
    if dry_run is not None and not isinstance(dry_run, bool):
        raise Invalid("context.dry_run: it is true or false.")
    return SplitContext(period, priority, dry_run, _sealed(rest, public_key, tenant_id))


def _sealed(rest: dict[str, Any], public_key: str | None, tenant_id: UUID) -> str | None:
    if not rest:
        return None
    if public_key is None:
        raise Conflict(
            "The tenant's cell has no key yet, so the context cannot be sealed for it.", hint="Try again soon."
        )
    plain = json.dumps(rest, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return seal(plain.encode(), public_key=public_key, tenant_id=tenant_id)
