"""What moved between two payloads, figure by figure. Pure."""

from collections.abc import Iterator
from typing import Any

MAX_MOVES = 200
"""Moves that are told one by one; what is beyond is counted."""
_ROW_NAMES = ("id", "account_code", "source", "key")
_ABSENT = object()


def moves(before: Any, after: Any) -> list[dict[str, Any]]:
    """Each value that differs: `{"path", "before", "after"}`, a side left out where there was nothing.

    Rows of a list are matched by their `id`, `account_code`, `source` or `key` where all of them have one of their
    own, else by position. At most `MAX_MOVES` are listed; a last entry `{"path": "", "more": n}` counts the rest.
    """
    found = list(_moves("", before, after))
    rest = len(found) - MAX_MOVES
    return found if rest <= 0 else [*found[:MAX_MOVES], {"path": "", "more": rest}]


def _moves(path: str, before: Any, after: Any) -> Iterator[dict[str, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _in_mapping(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        name = _row_name(before, after)
        yield from _in_mapping(path, _rows(before, name), _rows(after, name))
    elif before != after:
        sides = {"before": before, "after": after}
        yield {"path": path} | {side: value for side, value in sides.items() if value is not _ABSENT}


def _in_mapping(path: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in dict.fromkeys([*before, *after]):
        inside = f"{path}.{key}" if path else key
        yield from _moves(inside, before.get(key, _ABSENT), after.get(key, _ABSENT))


def _rows(items: list[Any], name: str | None) -> dict[str, Any]:
    return {str(number if name is None else item[name]): item for number, item in enumerate(items, 1)}


def _row_name(*lists: list[Any]) -> str | None:
    """The column by which every row of each list is told from the others."""
    return next((name for name in _ROW_NAMES if all(_names_each(items, name) for items in lists)), None)


def _names_each(items: list[Any], name: str) -> bool:
    values = [item.get(name) if isinstance(item, dict) else None for item in items]
    return None not in values and len({str(value) for value in values}) == len(items)
