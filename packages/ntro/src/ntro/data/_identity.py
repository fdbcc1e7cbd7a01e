"""Ids that a retry of an activity computes again, so that it finds its earlier rows instead of writing them twice."""

import sys
import threading
import weakref
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from ntro.data._json import json_text

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:ntro:activity-row")
_guard = threading.Lock()
_used: dict[int, dict[str, int]] = {}


def stable_id(kind: str, *natural_key: Any) -> UUID:
    """An id for a row of `kind` that an activity is about to write.

    Inside an activity it follows from the run, the activity, `natural_key` (JSON values, dates, ids, decimals) and how
    many ids this attempt has asked for with the same key. Outside of one it is random.
    """
    info = _activity_info()
    if info is None:
        return uuid4()
    name = json_text([info.workflow_id, info.workflow_run_id, info.activity_type, info.activity_id, kind, *natural_key])
    return uuid5(_NAMESPACE, f"{name}#{_ordinal(info, name)}")


def running_workflow_id() -> str | None:
    """The run whose activity this is; `None` outside of one."""
    info = _activity_info()
    return None if info is None else info.workflow_id


def _activity_info() -> Any:
    # Looked up, not imported: outside a worker the engine stays unloaded.
    activity = sys.modules.get("temporalio.activity")
    return activity.info() if activity is not None and activity.in_activity() else None


def _ordinal(info: Any, name: str) -> int:
    """Counts per attempt: the engine hands out one `info` object for each, whichever task or thread asks."""
    with _guard:
        key = id(info)
        if key not in _used:
            _used[key] = {}
            weakref.finalize(info, _used.pop, key, None)
        ordinal = _used[key].get(name, 0)
        _used[key][name] = ordinal + 1
    return ordinal
