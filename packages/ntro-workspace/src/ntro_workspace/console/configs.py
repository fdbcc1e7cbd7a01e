"""What of a config may be shown: its members, without secrets and without what is not known to be harmless."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ntro_workspace.tenants.secrets import is_secret

MAX_MEMBERS = 100
_MAX_TEXT = 120


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a config under its dotted name, as text."""

    name: str
    text: str
    is_sealed: bool = False


def summary_of(config: Mapping[str, Any]) -> list[Member]:
    """The members of `config` by name; a secret says only that it is there."""
    found: list[Member] = []
    for member in _members(config, ""):
        if len(found) == MAX_MEMBERS:
            break
        found.append(member)
    return found


def _members(config: Mapping[str, Any], prefix: str) -> Iterator[Member]:
    for name in sorted(config):
        value, path = config[name], f"{prefix}{name}"
        if is_secret(name, value) or (isinstance(value, dict) and set(value) == {"sealed"}):
            yield Member(path, "sealed for the cell", is_sealed=True)
        elif isinstance(value, dict):
            yield from _members(value, f"{path}.")
        elif isinstance(value, list):
            yield Member(path, f"{len(value)} items")
        else:
            yield Member(path, _text(value))


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"
