"""Changing a part of a config that is stored whole: what somebody else changed meanwhile is kept."""

from collections.abc import Callable, Mapping
from typing import Any

from ntro.workspace._transport import Transport
from ntro.workspace.errors import NtroAPIError

Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Makes the new config of the present one."""

_PRECONDITION_FAILED = 412
_TRIES = 5


async def change_config(transport: Transport, path: str, change: Change) -> Any:
    """The answer of the thing at `path` once its config is what `change` makes of it.

    Where the thing was changed between reading and writing, `change` is applied again to what is there then.

    Raises:
        NtroAPIError: the server says no, or the thing was changed by others five times in a row.
    """
    for attempt in range(1, _TRIES + 1):
        found, tag = await transport.read(path)
        config = found.get("config") if isinstance(found, dict) else None
        wanted = dict(change(config if isinstance(config, dict) else {}))
        try:
            return await transport.send("PATCH", path, body={"config": wanted}, if_match=tag)
        except NtroAPIError as error:
            if error.status_code != _PRECONDITION_FAILED or attempt == _TRIES:
                raise
    raise AssertionError("the last try answers or raises")
