"""What a client may expect of a tool before it calls it. All four hints are said: their defaults are the worst."""

from mcp_types import ToolAnnotations


def _hints(*, reads: bool, destroys: bool, repeatable: bool, reaches_out: bool = False) -> ToolAnnotations:
    return ToolAnnotations(
        read_only_hint=reads, destructive_hint=destroys, idempotent_hint=repeatable, open_world_hint=reaches_out
    )


READS = _hints(reads=True, destroys=False, repeatable=True)
"""Changes nothing."""

ADDS = _hints(reads=False, destroys=False, repeatable=False)
"""Makes something new; twice makes two, or the second is refused."""

ADDS_ONCE = _hints(reads=False, destroys=False, repeatable=True)
"""Makes something new, and the same again is the same."""

CHANGES = _hints(reads=False, destroys=True, repeatable=True)
"""Replaces, removes or decides something; the same again changes nothing more."""

TRIES_OUTSIDE = _hints(reads=True, destroys=False, repeatable=True, reaches_out=True)
"""Changes nothing of ours and speaks to somebody else's system."""
